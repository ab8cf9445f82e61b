import fc from 'fast-check';
import type { Candidate, Fusion, Pool } from '@secondpass/core';

export interface Doc extends Candidate {
  readonly tag?: string;
}

/** A pool from `id` or `[id, score]` items, best first. */
export function pool(
  name: string,
  items: readonly (string | readonly [string, number])[],
  more: Partial<Pool<Doc>> = {},
): Pool<Doc> {
  return {
    name,
    candidates: items.map((item) =>
      typeof item === 'string'
        ? { id: item, content: `text of ${item}`, tag: name }
        : {
            id: item[0],
            content: `text of ${item[0]}`,
            tag: name,
            score: { value: item[1], kind: 'retrieval', by: name },
          },
    ),
    ...more,
  };
}

export const ids = (fusion: Fusion, pools: readonly Pool<Doc>[]): string[] =>
  fusion.fuse(pools).candidates.map(({ id }) => id);

export const scoresById = (fusion: Fusion, pools: readonly Pool<Doc>[]): Map<string, number | undefined> =>
  new Map(fusion.fuse(pools).candidates.map(({ id, score }) => [id, score?.value]));

const letters = [...'abcdefghijkl'];
const weights = fc.constantFrom(undefined, 0, 0.1, 0.7, 1, 1, 2, 3);

/** Up to five pools over twelve ids, with overlaps, duplicates within a pool, empty pools, questions and weights. */
export const anyPools: fc.Arbitrary<Pool<Doc>[]> = fc
  .array(
    fc.record({
      items: fc.array(fc.tuple(fc.constantFrom(...letters), fc.integer({ min: -20, max: 60 })), { maxLength: 9 }),
      weight: weights,
      question: fc.constantFrom(undefined, 'first?', 'second?'),
    }),
    { maxLength: 5 },
  )
  .map((list) =>
    list.map(({ items, weight, question }, index) => {
      const sorted = items.map(([, score]) => score / 4).toSorted((a, b) => b - a);
      return pool(
        `p${index}`,
        items.map(([id], at) => [id, sorted[at]!] as const),
        { ...(weight !== undefined && { weight }), ...(question !== undefined && { question }) },
      );
    }),
  );

/** Deep-freezes, so that any mutation throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

/** The distinct ids of a pool in order, each with its first score: what every fusion works on. */
export function distinct({ candidates }: Pool<Doc>): { readonly id: string; readonly score: number | undefined }[] {
  const out: { id: string; score: number | undefined }[] = [];
  for (const { id, score } of candidates) {
    if (!out.some((seen) => seen.id === id)) out.push({ id, score: score?.value });
  }
  return out;
}

export const universe = (pools: readonly Pool<Doc>[]): string[] => [
  ...new Set(pools.flatMap(({ candidates }) => candidates.map(({ id }) => id))),
];

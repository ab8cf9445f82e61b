// Queries, lists and scorers whose quality is known, for tests of tuning.
import type { Scorer } from '@secondpass/core';
import { qrelsOf, runOf, type TuneOptions, type TuneSystem } from '@secondpass/core/evaluate';

/** A number in [0, 1) that depends on a text alone. */
function noise(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16_777_619);
  // The last steps of MurmurHash3: without them texts that are alike get numbers that are alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

/** How many pairs the scorers below have scored. */
export const asked = { pairs: 0 };
/** Knows which text is good, up to noise: `skill` 1 always, 0 never. */
export function scorer(name: string, skill: number): Scorer {
  return {
    name,
    kind: 'logit',
    pointwise: true,
    async score(query, candidates) {
      asked.pairs += candidates.length;
      return {
        value: {
          scores: candidates.map(
            ({ id, content }) =>
              (String(content).includes('good') ? skill : 0) + (1 - skill) * noise(`${name}${String(query)}${id}`),
          ),
        },
      };
    },
  };
}
export const system = (name: string, skill: number): TuneSystem => ({
  name,
  scorer: scorer(name, skill),
  code: { load: 'await loadReranker()', scorer: 'model.scorer', imports: [] },
});

/** 80 queries with 40 hits each; the one good document stands at a rank between 1 and 30. */
export const names: readonly string[] = Array.from({ length: 80 }, (_, i) => `q${i}`);
export const lists: readonly (readonly [string, readonly { readonly id: string; readonly score: number }[]])[] =
  names.map((query) => {
    const place = Math.floor(noise(query) * 30);
    return [
      query,
      Array.from({ length: 40 }, (_, i) => ({ id: i === place ? `${query}-good` : `${query}-${i}`, score: 40 - i })),
    ] as const;
  });
export const given = (systems: readonly TuneSystem[], more: Partial<TuneOptions> = {}): TuneOptions => ({
  queries: new Map(names.map((query) => [query, `question ${query}`])),
  first: runOf('first', lists),
  textOf: (id) => `text ${id}`,
  qrels: qrelsOf(names.map((query) => [query, { [`${query}-good`]: 1 }])),
  systems,
  depths: [5, 10, 20, 40, 80],
  blends: [0, 0.5],
  ...more,
});

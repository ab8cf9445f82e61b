import type { Pool } from '../../fusion/pool.ts';
import type { Found } from '../../search-types.ts';
import type { Candidate } from '../../types.ts';
import { folded } from '../distinct-parts.ts';

export type Hop = NonNullable<Found['hops']>[number];

/** In place of a part's index: the question itself, and what follows from it. */
export const theQuestion = -1;
export const theFollowUp = -2;

export interface Step {
  readonly text: string;
  /** The part that it asks for. */
  readonly index: number;
  /** Pools of one group take turns with those of others in the fusion. */
  readonly group: string;
  /** The sentence, title or answer that suggested it. */
  readonly because?: string | undefined;
}

/** What a search has asked and found so far. */
export class Trail<C extends Candidate> {
  /** Each query, with how many candidates it was the first to find. */
  readonly hops: Hop[] = [];
  /** All pools, each under the name of its group. */
  readonly pools: Pool<C>[] = [];
  /** Says which candidates are one. */
  readonly identity: (candidate: C) => string;
  /** By what was asked, folded. */
  readonly #asked = new Map<string, readonly Pool<C>[]>();
  readonly #seen = new Set<string>();
  readonly #found = new Map<number, readonly Pool<C>[]>();

  constructor(identity: (candidate: C) => string) {
    this.identity = identity;
  }

  get asked(): number {
    return this.#asked.size;
  }
  wasAsked(text: string): boolean {
    return this.#asked.has(folded(text));
  }
  /** Whether anything was asked for a part. */
  has(index: number): boolean {
    return this.#found.has(index);
  }
  found(index: number): readonly Pool<C>[] {
    return this.#found.get(index) ?? [];
  }
  /** The part counts as asked, though there was nothing to ask for it. */
  close(index: number): void {
    if (!this.has(index)) this.#found.set(index, []);
  }
  /** What was found for the same words counts for this part, too. */
  share({ text, index }: Pick<Step, 'text' | 'index'>): void {
    const found = this.#asked.get(folded(text)) ?? [];
    const own = this.found(index);
    const others = found.filter((pool) => !own.includes(pool));
    if (others.length > 0) this.#found.set(index, [...own, ...others]);
  }
  /** @returns how many candidates nobody had found before */
  add({ text, index, group, because }: Step, found: readonly Pool<C>[]): number {
    const before = this.#seen.size;
    for (const { candidates } of found) for (const one of candidates) this.#seen.add(this.identity(one));
    const news = this.#seen.size - before;
    this.hops.push({ query: text, ...(because !== undefined && { because }), found: news });
    for (const pool of found) this.pools.push({ ...pool, question: group });
    this.#asked.set(folded(text), found);
    this.#found.set(index, [...this.found(index), ...found]);
    return news;
  }
}

import type { Scorer } from '../../types.ts';
import type { SystemCode } from './code-for.ts';
import type { ScoredPairs, ScoredQuery } from './scored-pairs.ts';

/** One reranking model with one way of reading texts. */
export interface TuneSystem {
  readonly name: string;
  /** Must be pointwise where several depths are tried. Blends with the first stage are tried in any case. */
  readonly scorer: Scorer;
  /** How to make it, for the code to paste. */
  readonly code: SystemCode;
  /**
   * Tells weights of one name apart: stored scores of another revision are not taken for this one's. `probe` makes one
   * from what the model says.
   */
  readonly revision?: string | undefined;
}

/** Where scored pairs outlive the process: see `openResults`. */
export interface ResultStore {
  readonly known: ScoredPairs;
  append(system: string, query: string, scored: ScoredQuery): Promise<void>;
}

/** What a system is called in a store. */
export function storedName({ name, revision }: Pick<TuneSystem, 'name' | 'revision'>): string {
  return revision === undefined ? name : `${name}#${revision}`;
}

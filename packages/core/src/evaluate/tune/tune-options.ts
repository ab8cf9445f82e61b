import type { CallOptions } from '../../types.ts';
import type { Measure } from '../measures/measure.ts';
import type { Qrels, RankedRun } from '../run.ts';
import type { ResultStore, TuneSystem } from './tune-system.ts';

export interface TuneOptions extends Pick<CallOptions, 'signal'> {
  /** Query id to its text. */
  readonly queries: ReadonlyMap<string, string>;
  /** What the first stage found; its lists are reranked from the top. */
  readonly first: RankedRun;
  /** The text of a document; `undefined` if there is none: it stays unscored, below the scored ones. */
  readonly textOf: (id: string) => string | undefined;
  /** What is compared, at least one. `probe` makes one of a name. */
  readonly systems: readonly TuneSystem[];
  /** Without judgments only the agreement of depths is told; `measure` and `blends` then have no part. */
  readonly qrels?: Qrels | undefined;
  /** Default nDCG@10. */
  readonly measure?: Measure | string | undefined;
  /**
   * Rising. Default 10, 20, 30, 50, 75, 100, 150, 200; those beyond the longest list are reported as not available, and
   * its length is tried in their place.
   */
  readonly depths?: readonly number[] | undefined;
  /**
   * Weights of the first stage's score, from 0 to below 1; 0, the reranker alone, is always among them. Default 0, 0.1,
   * 0.2, 0.3, 0.5, 0.7; 0 alone, with a note, where the first stage gives no scores.
   */
  readonly blends?: readonly number[] | undefined;
  /** 95th percentile of reranking time per query at most; with judgments on either half, too. Default: no bound. */
  readonly budgetMs?: number | undefined;
  /** Milliseconds to spend on scoring. Default: as much as it takes. */
  readonly timeMs?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Where scored pairs outlive the process; see `openResults`. Default: nowhere. */
  readonly store?: ResultStore | undefined;
  /** Told after each query how many are done, of how many there is time for. What it throws is ignored. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

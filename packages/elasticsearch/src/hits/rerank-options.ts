import type { CallOptions, Content, Reranker, RerankOptions } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { TextSource } from '../text/text-source.ts';
import type { Blend } from './blend.ts';
import type { SignalSource } from './signals.ts';

/** How hits are reranked: the defaults of a client, and, name by name, of a single search. */
export interface RerankSettings<H extends Hit = Hit> {
  /** Any reranker of `@secondpass/core`. Who loaded it disposes of it. */
  readonly reranker?: Reranker | undefined;
  /** What of a hit the reranker reads. There is no default: only you know which field answers. */
  readonly text?: TextSource<H> | undefined;
  /** How many of the first hits are reranked, at least 1. Keep it the same while paging. Default 50. */
  readonly window?: number | undefined;
  /** How the reranker's order and the first stage's become one. Default: the reranker's alone. */
  readonly blend?: Blend | undefined;
  /** Numbers of a hit by name: for a blend, and for rerankers that read `candidate.signals`, such as learned ones. */
  readonly signals?: Readonly<Record<string, SignalSource<H>>> | undefined;
  /**
   * When the reranker fails or is late: `'first-stage'` answers in the search's own order, with a note; `'throw'`
   * throws. As a client's default it also says what one failing search of several does. Default `'first-stage'`.
   */
  readonly onFailure?: 'first-stage' | 'throw' | undefined;
  /**
   * Time for search and reranking together, in milliseconds from the call: what is not scored by then stands below. A
   * reranker that says nothing within 100 ms more is late. Default: none.
   */
  readonly timeoutMs?: number | undefined;
}

/** What one search or one list of hits may say besides. With `topK` or `minScore` the ranking ends with the window. */
export interface RerankParams<H extends Hit = Hit> extends RerankSettings<H>, Pick<RerankOptions, 'topK' | 'minScore'> {
  /** What the reranker should answer. Default for a search: the text the search asks for. */
  readonly query?: Content | undefined;
  /** The same limit as `timeoutMs`, absolute, in `Date.now()` milliseconds; the earlier of both counts. */
  readonly deadline?: number | undefined;
  /** Told of what the reranker does. What it throws is ignored. */
  readonly onEvent?: CallOptions['onEvent'];
}

export const settingNames: readonly string[] = [
  'reranker',
  'text',
  'window',
  'blend',
  'signals',
  'onFailure',
  'timeoutMs',
];
export const paramNames: readonly string[] = [
  ...settingNames,
  'query',
  'topK',
  'minScore',
  'deadline',
  'onEvent',
] as const;

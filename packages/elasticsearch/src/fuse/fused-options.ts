import { checkInteger, checkRole, SecondpassError } from '@secondpass/core';
import type { Fusion } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { RerankParams, RerankSettings } from '../hits/rerank-options.ts';
import { checkOnFailure, deadlineOf, settle } from '../hits/settings.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import type { GatherPoolsOptions } from './gather-pools.ts';
import { whereNames } from './parameters.ts';

/** What fused and decomposed searches share. */
export interface FusedOptions<H extends Hit = Hit> extends GatherPoolsOptions {
  /** Any fusion of the core: `reciprocalRank()`, `weightedScores()`, … */
  readonly fusion?: Fusion | undefined;
  /** Reranks the fused list. `{}` takes the client's defaults. */
  readonly rerank?: RerankParams<H> | undefined;
  /** 0-based place of the first hit wanted. Default 0. */
  readonly from?: number | undefined;
  /** Default 10. */
  readonly size?: number | undefined;
  /**
   * How many hits each search gives to the fusion, unless its own `size` says otherwise or its retriever gives fewer.
   * Keep it while paging. Default 100.
   */
  readonly rankWindow?: number | undefined;
}

export const fusedOptionNames: readonly string[] = [
  'index',
  'pit',
  'keepAlive',
  'onFailure',
  'fusion',
  'rerank',
  'from',
  'size',
  'rankWindow',
  ...whereNames,
];

/** Checks what fused and decomposed searches share; nothing has been sent when it throws. */
export function checkFused(
  { from = 0, size = 10, rankWindow, fusion, rerank, pit, onFailure: own, ...options }: FusedOptions,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
): {
  readonly page: { readonly from: number; readonly size: number };
  readonly settings: ReturnType<typeof settle> | undefined;
  readonly deadline: number | undefined;
  /** What the call says, else what the client says. */
  readonly onFailure: FusedOptions['onFailure'];
} {
  checkInteger('from', from, 0);
  checkInteger('size', size, 0);
  checkInteger('rankWindow', rankWindow, 1);
  if (fusion !== undefined) checkRole(fusion, 'fuse', 'The option fusion');
  const onFailure = own ?? defaults.onFailure;
  checkOnFailure('onFailure', onFailure);
  if (transport?.meta || transport?.asStream) {
    throw new SecondpassError(
      'invalid-argument',
      'meta and asStream cannot be had here: the response is made of several.',
    );
  }
  const where = pit ? whereNames.find((name) => options[name] !== undefined) : undefined;
  if (where !== undefined) {
    const message = `${where} cannot be had with a pit of yours: pass it where that is opened.`;
    throw new SecondpassError('invalid-argument', message);
  }
  const settings = rerank === undefined ? undefined : settle({ ...defaults, onFailure }, rerank, 'rerank');
  return { page: { from, size }, settings, deadline: settings && deadlineOf(settings), onFailure };
}

import { checkInteger, checkMinScore, checkNumber, checkOptionNames, SecondpassError } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { passageReader } from '../text/passages-of-hit.ts';
import type { TextSource } from '../text/text-source.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { checkBlend } from './blend.ts';
import { paramNames, type RerankParams, type RerankSettings } from './rerank-options.ts';
import { signalReader } from './signals.ts';

export const defaultWindow = 50;

/** Settings with nothing missing. */
export interface CheckedSettings extends RerankSettings {
  readonly reranker: Reranker;
  readonly text: TextSource;
  readonly window: number;
}

/**
 * The client's defaults with a search's own wishes over them, checked before anything is sent.
 * @param where for messages: `rerank` or `rerankHits()`
 */
export function settle(defaults: RerankSettings, params: RerankParams, where: string): CheckedSettings & RerankParams {
  if (typeof params !== 'object' || params === null) {
    throw new SecondpassError(
      'invalid-argument',
      `${where} is ${String(params)}; it must be an object of options, {} for all defaults.`,
    );
  }
  checkOptionNames(params, paramNames, where);
  const settings = { window: defaultWindow, ...defaults, ...withoutUndefined(params) };
  const { reranker, text } = settings;
  if (typeof reranker?.rerank !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      `${where} needs a reranker: pass { reranker } to the client or to this call.`,
    );
  }
  if (text === undefined) {
    throw new SecondpassError(
      'invalid-argument',
      `${where} needs to know what of a hit to read: pass text, such as text: 'body' or text: ['title', 'body'].`,
    );
  }
  passageReader(text);
  signalReader(settings.signals);
  checkBlend(settings.blend, Object.keys(settings.signals ?? {}));
  checkInteger(`${where}.window`, settings.window, 1);
  checkInteger(`${where}.topK`, settings.topK, 0);
  checkMinScore(settings.minScore);
  checkNumber(`${where}.timeoutMs`, settings.timeoutMs, 0);
  checkNumber(`${where}.deadline`, settings.deadline);
  checkOnFailure(`${where}.onFailure`, settings.onFailure);
  return { ...settings, reranker, text, window: settings.window ?? defaultWindow };
}

/** @param where for messages: `rerank.onFailure` */
export function checkOnFailure(where: string, given: RerankSettings['onFailure']): void {
  if (given === undefined || given === 'first-stage' || given === 'throw') return;
  throw new SecondpassError('invalid-argument', `${where} is "${String(given)}"; known: first-stage, throw.`);
}

/** The absolute deadline of a call that starts now. */
export function deadlineOf({ timeoutMs, deadline }: Pick<RerankParams, 'timeoutMs' | 'deadline'>): number | undefined {
  if (timeoutMs === undefined) return deadline;
  return Math.min(Date.now() + timeoutMs, deadline ?? Infinity);
}

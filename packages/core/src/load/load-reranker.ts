import { byScore } from '../rerank/by-score.ts';
import type { Loaded, Reranker } from '../types.ts';
import { loadCrossEncoder } from './load-cross-encoder.ts';
import { checkLoadOptions, type LoadOptions } from './load-options.ts';

/** A reranker that holds a model, to be disposed of by whoever loaded it. */
export interface LoadedReranker extends Reranker, Loaded {
  /** Starts all workers, so that the first call is as fast as the next. */
  warmUp(): Promise<void>;
}

/**
 * The five-minute entry point: a cross-encoder on this machine's CPU, as a reranker. Scores are probabilities unless
 * asked otherwise, so that a threshold reads `minScore: { kind: 'probability', value: 0.5 }`; the raw logit is in
 * `detail.logit`.
 *
 * @param source a folder (path or file URL), an installed package that carries a model, or a hub model by its name
 *   (`owner/name`), which is fetched once and checked. Default: the embedded model, `@secondpass/model-mini-en`
 * @throws SecondpassError `unknown-model`, `invalid-model`, `missing-dependency`, `invalid-argument`, and `failed` for a
 *   download that broke off
 * @example
 * const reranker = await loadReranker();
 * const { results } = await reranker.rerank('who wrote Dune?', candidates, { topK: 5 });
 * await reranker.dispose();
 */
export async function loadReranker(source?: string | URL, options: LoadOptions = {}): Promise<LoadedReranker> {
  checkLoadOptions(options, 'loadReranker()');
  const scorer = await loadCrossEncoder(source, { ...options, kind: options.kind ?? 'probability' });
  return {
    ...byScore(scorer),
    run: scorer.run,
    warmUp: () => scorer.warmUp(),
    dispose: () => scorer.dispose(),
    [Symbol.asyncDispose]: () => scorer.dispose(),
  };
}

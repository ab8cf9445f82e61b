import { resolve } from 'node:path';
import { checkInteger, checkOptionNames, rerankOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { findModel, isFolder } from '../models/files/model-source.ts';
import { byScore } from '../rerank/by-score.ts';
import type { Candidate, Content, Loaded, Ranking, Reranker, RerankOptions, Scorer } from '../types.ts';
import { loadCrossEncoder } from './load-cross-encoder.ts';
import type { KeptVectors } from './load-encoder.ts';
import { checkLoadOptions, checkOneOf, loadNames, pairNames, type LoadOptions } from './load-options.ts';
import { loadRanker, type LoadedRanker } from './load-ranker.ts';
import { isHubModel } from './locate-model.ts';
import { readRankerFile } from './ranker-file.ts';

export interface LoadedRerankOptions extends RerankOptions {
  /**
   * What this call's scores mean; other libraries call it the activation. `logit`: the model's own numbers, `probability`:
   * the logistic function of them. The order is the same. Default: as it was loaded.
   */
  readonly kind?: 'logit' | 'probability' | undefined;
}

/** `storage` and `cacheBytes` are the encoder's. A cross-encoder keeps nothing and takes neither. */
export interface RerankerLoadOptions extends LoadOptions, KeptVectors {}

/** A reranker that holds a model, to be disposed of by whoever loaded it. */
export interface LoadedReranker extends Reranker, Loaded {
  rerank<C extends Candidate>(
    query: Content,
    candidates: readonly C[],
    options?: LoadedRerankOptions,
  ): Promise<Ranking<C>>;
  /** What it ranks by, for caches and blends. Whoever loaded the reranker still disposes of it. */
  readonly scorer: Scorer;
  /**
   * Starts all workers, so that the first call is as fast as the next.
   * @throws SecondpassError `failed` if some workers could not be started; the model works with the others
   */
  warmUp(): Promise<void>;
}

/**
 * The five-minute entry point: a model on this machine's CPU, as a reranker. Scores are probabilities unless asked
 * otherwise, so that a threshold reads `minScore: { kind: 'probability', value: 0.5 }`; the raw logit is in
 * `detail.logit`. A candidate gets the score that it would get alone.
 *
 * The embedded model, `@secondpass/model-mini-en`, has an encoder and a cross-encoder, and lines that blend what they say
 * with the candidates' own first-stage scores (kind `retrieval`), where there are any:
 *   'mini-en'                what is used when no model is named
 *   'mini-en/fast'           the encoder alone: the vectors of texts that it has seen are kept
 *   'mini-en/best'           the encoder and the cross-encoder over everything
 *   'mini-en/cross-encoder'  the cross-encoder alone, without first-stage scores
 * They were fitted to scores of BM25. Where a vector store's cosines come as kind `retrieval`, the order is hardly touched,
 * but all probabilities are lower than they should be: give those the kind `similarity`, which is not read.
 * Scores below 0, as SQLite's bm25() gives them, are not read either, with a note: negate them.
 *
 * @param source a folder (path or file URL), an installed package that carries a model, a hub model by its name
 *   (`owner/name`), which is fetched once and checked, or a line of the embedded model. Default: `mini-en`. A model that
 *   has no ranker.json is a cross-encoder
 * @throws SecondpassError `unknown-model`, `not-cached` (offline), `invalid-model`, `missing-dependency`,
 *   `invalid-argument`, `device-unavailable` (with `requireDevice`), and `failed` for a download that broke off
 * @example
 * const reranker = await loadReranker();
 * const { results } = await reranker.rerank('who wrote Dune?', candidates, { topK: 5 });
 * await reranker.dispose();
 */
export async function loadReranker(source?: string | URL, given: RerankerLoadOptions = {}): Promise<LoadedReranker> {
  checkLoadOptions(given, 'loadReranker()', [...loadNames, ...pairNames, 'storage', 'cacheBytes']);
  const { cacheBytes, storage, ...options } = given;
  checkInteger('cacheBytes', cacheBytes, 0);
  checkOneOf('storage', storage, ['float32', 'int8']);
  const kept = { cacheBytes, storage };
  const scorer = await loadScorer(source, { ...options, kind: options.kind ?? 'probability' }, kept);
  return {
    name: scorer.name,
    async rerank(query, candidates, callOptions) {
      checkOptionNames(callOptions, [...rerankOptionNames, 'kind'], `${scorer.name}.rerank()`);
      const { kind, ...rest } = callOptions ?? {};
      return byScore(kind === undefined ? scorer : scorer.as(kind)).rerank(query, candidates, rest);
    },
    scorer,
    run: scorer.run,
    warmUp: () => scorer.warmUp(),
    dispose: () => scorer.dispose(),
    [Symbol.asyncDispose]: () => scorer.dispose(),
  };
}

async function loadScorer(
  source: string | URL | undefined,
  options: LoadOptions,
  kept: KeptVectors,
): Promise<LoadedRanker> {
  const asked = typeof source === 'string' && !isFolder(resolve(source)) ? embeddedLine.exec(source) : null;
  const line = asked?.[1] ?? 'default';
  const named = asked ? undefined : source;
  const crossEncoder = (): Promise<LoadedRanker> => {
    const given = (['cacheBytes', 'storage'] as const).find((name) => kept[name] !== undefined);
    if (given === undefined) return loadCrossEncoder(named, options);
    const fact = `${String(source ?? 'The model')} is a cross-encoder, which keeps no vectors, so it takes no ${given}`;
    throw new SecondpassError('invalid-argument', `${fact}; withCache() keeps its scores.`);
  };
  if (line === 'cross-encoder') return crossEncoder();
  // A hub model is what its graph is.
  if (isHubModel(named)) return crossEncoder();
  const model = findModel(named);
  const file = await readRankerFile(model.folder);
  return file ? loadRanker(model, file, line, options, kept) : crossEncoder();
}

/** `mini-en`, `mini-en/fast`, … */
const embeddedLine = /^mini-en(?:\/([\w-]+))?$/;

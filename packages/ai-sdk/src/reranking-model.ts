import {
  checkInteger,
  checkMinScore,
  checkOptionNames,
  comparableScore,
  inputOrder,
  keep,
  refusingUnread,
  SecondpassError,
  untilAborted,
  valueAs,
  withFallback,
  withTimeout,
} from '@secondpass/core';
import type { Note, Ranked, Reranker, RerankOptions, Score } from '@secondpass/core';
import { documentText, duplicateNotes, toCandidates, type JsonText, type TextCandidate } from './document-candidate.ts';
import type { Json, RerankAnswer, RerankCall, RerankingModel } from './specification.ts';

export interface RerankingModelOptions<Specification extends 'v3' | 'v4' = 'v3' | 'v4'> {
  /**
   * What of a JSON document to read: names, labels or a template, as `fields` of the core takes them, or a function,
   * which may give parts too. Default: a line `key: value` for every field that has a value, nested ones indented. A
   * function that gives nothing for a document leaves it without text; one that throws is a failure of the rerank.
   */
  readonly text?: JsonText | undefined;
  /** Leave out what scores below. A document without a score is kept. Default: keep all. */
  readonly minScore?: RerankOptions['minScore'];
  /** Time for one rerank in milliseconds; what was not scored by then stands below, in its order. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * When the reranker fails or goes on past `timeoutMs`: the order as it came, with a warning, or an error. Default:
   * `'keep-order'`.
   */
  readonly onError?: 'throw' | 'keep-order' | undefined;
  /** The provider specification: AI SDK 6 takes `'v3'`, AI SDK 7 both. Default: `'v3'`. */
  readonly specification?: Specification | undefined;
}

/**
 * Any reranker of the core as a model for the AI SDK's `rerank()`. Keeps every document unless `topN` or `minScore` say
 * otherwise; what was less than asked for becomes a warning.
 *
 * The SDK's `maxRetries` does nothing here, since it knows errors of its own alone: `withRetry` of the core tries
 * again.
 *
 * Scores: logits are written as probabilities, other kinds as they are. A document that got no score, or but one of an
 * earlier stage that does not compare with the others', stands below with `-Infinity`: the SDK has no way to leave a
 * score out, and 0 would be a claim. What an earlier stage gave is in the metadata, with its kind and giver.
 *
 * @example
 * const model = rerankingModel(await loadReranker());
 * const { ranking } = await rerank({ model, query, documents, topN: 5 });
 */
export function rerankingModel<Specification extends 'v3' | 'v4' = 'v3'>(
  reranker: Reranker,
  options: RerankingModelOptions<Specification> = {},
): RerankingModel<Specification> {
  checkOptionNames(options, ['text', 'minScore', 'timeoutMs', 'onError', 'specification'], 'rerankingModel()');
  checkInteger('timeoutMs', options.timeoutMs, 1);
  checkMinScore(options.minScore);
  const { text, minScore, timeoutMs, onError = 'keep-order', specification = 'v3' } = options;
  check(reranker, onError, specification);
  const read = documentText(text);
  const reading = refusingUnread(reranker, (candidate) => (candidate as TextCandidate).unread);
  const limited = timeoutMs === undefined ? reading : withTimeout(reading, timeoutMs);
  const bounded = onError === 'throw' ? limited : withFallback(limited, inputOrder);
  return {
    specificationVersion: specification as Specification,
    provider: 'secondpass',
    modelId: reranker.name,
    async doRerank({ documents, query, topN, abortSignal }: RerankCall): Promise<RerankAnswer> {
      const candidates = toCandidates(documents, read);
      // The threshold comes last: what it leaves is told from what was scored by the whole list.
      const call = { topK: minScore ? undefined : topN, signal: abortSignal };
      const ranked = await untilAborted(bounded.rerank(query, candidates, call), abortSignal);
      const { runs } = ranked;
      const { results, notes } = keep(ranked.results, { topK: topN, minScore }, reranker.name, ranked.notes);
      const all = [...duplicateNotes(documents.values, reranker.name), ...ranked.notes, ...notes];
      const scoreOf = comparableScore(ranked.results);
      return {
        ranking: results.map((one) => ({ index: one.originalIndex, relevanceScore: written(scoreOf(one)) })),
        warnings: all.map(({ code, message }) => ({ type: 'other', message: `${code}: ${message}` })),
        providerMetadata: {
          secondpass: {
            results: results.map(detailOf),
            notes: all.map(plain),
            runs: runs.map((run) => ({ ...run }) as unknown as Json),
          },
        },
        response: { timestamp: new Date(), modelId: runs.findLast(({ model }) => model)?.model ?? reranker.name },
      };
    },
  };
}

function check(reranker: Reranker, onError: string, specification: string): void {
  if (typeof reranker?.rerank !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      'rerankingModel() takes a reranker, such as await loadReranker() from @secondpass/core/models.',
    );
  }
  if (onError !== 'throw' && onError !== 'keep-order') {
    throw new SecondpassError('invalid-argument', `onError is "${onError}"; it is 'throw' or 'keep-order'.`);
  }
  if (specification !== 'v3' && specification !== 'v4') {
    throw new SecondpassError(
      'invalid-argument',
      `specification is "${specification}"; AI SDK 6 takes 'v3', AI SDK 7 'v3' and 'v4'.`,
    );
  }
}

/** A logit as a probability, everything else as it is, nothing as -Infinity. */
const written = (score: Score | undefined): number =>
  score ? (valueAs(score, 'probability') ?? score.value) : -Infinity;

/** What a score means, and where in the text it was earned. */
function detailOf({ originalIndex, score, placedBy, detail }: Ranked): Json {
  return {
    index: originalIndex,
    ...(score && { kind: score.kind, value: score.value }),
    ...(placedBy !== undefined && { by: placedBy }),
    ...(detail?.logit !== undefined && { logit: detail.logit }),
    ...(detail?.passage && { passage: { ...detail.passage } }),
  };
}

const plain = ({ code, by, message }: Note): Json => ({ code, by, message });

// The table of contents of @secondpass/core. Nothing here loads native code; models are in `@secondpass/core/models`.
export type * from './search-types.ts';
export type * from './types.ts';
export { SecondpassError, type ErrorCode } from './errors.ts';
export { checkInteger, checkMinScore, checkNumber, checkOptionNames, isBlank, tell } from './check.ts';
export { checkRole } from './check-role.ts';
export { onAbort } from './on-abort.ts';
export { type NormalForm, normalForm } from './maths/normal-form.ts';
export { readText, type ReadText, refusingUnread } from './read-text.ts';
export { fields } from './fields.ts';

// One verb, and functions that keep it.
export { byScore } from './rerank/by-score.ts';
export { cascade } from './rerank/cascade.ts';
export { cut } from './rerank/cut.ts';
export { diversify, type DiversifyOptions } from './rerank/diversify.ts';
export { inputOrder } from './rerank/input-order.ts';
export { comparableScore, couldNotBeScored, keep, rankByScore } from './rerank/order.ts';
export { valueAs } from './rerank/score-kind.ts';
export { window } from './rerank/window.ts';

// Scorers that need no model.
export { firstStage, type FirstStageOptions } from './score/first-stage.ts';
export { englishWords } from './score/english-words.ts';
export { lexical, type LexicalOptions } from './score/lexical.ts';
export { wordsOf } from './maths/words.ts';
export { signal, type SignalOptions } from './score/signal.ts';

// Scorers over an encoder, which `loadEncoder` of `@secondpass/core/models` gives.
export { embedding, type EmbeddingOptions } from './score/embedding.ts';
export { lateInteraction, type LateInteractionOptions } from './score/late-interaction.ts';
export type { VectorScorerOptions } from './score/vector-scorer.ts';
export { type ByteMatrix, toBytes } from './maths/byte-matrix.ts';

// Scorers made of scorers.
export { blend, type BlendOptions, type BlendPart } from './score/blend.ts';
export { calibrated } from './score/calibrated.ts';
export {
  type Calibration,
  fitCalibration,
  type JudgedScore,
  probabilityOf,
  readCalibration,
} from './score/calibration.ts';
export type { Block as CalibrationBlock } from './maths/isotonic.ts';
export { logisticBlend, type LogisticTerm } from './score/logistic-blend.ts';
export type { CombinePassages } from './score/combine-passages.ts';
export { passages, type PassagesOptions } from './score/passages.ts';

// Several lists become one.
export type { Fused, FuseOptions, Fusion, FusionKey, Pool } from './fusion/pool.ts';
export { borda } from './fusion/borda.ts';
export { combMnz } from './fusion/comb-mnz.ts';
export { combSum } from './fusion/comb-sum.ts';
export { coverQuestions } from './fusion/cover-questions.ts';
export { interleave } from './fusion/interleave.ts';
export { inverseSquareRank } from './fusion/inverse-square-rank.ts';
export type { Normalised, Normaliser, NormaliserName } from './maths/normalisers.ts';
export { reciprocalRank } from './fusion/reciprocal-rank.ts';
export type { ScoreFusionOptions } from './fusion/by-scores.ts';
export { weightedScores } from './fusion/weighted-scores.ts';

// A question and its parts.
export { decomposeByRules } from './decompose/by-rules.ts';
export { decomposeByLanguageModel, type LanguageModelDecomposerOptions } from './decompose/by-language-model.ts';
export { answerByLanguageModel } from './decompose/answer-by-language-model.ts';
export { decomposed, type DecomposedOptions } from './decompose/decomposed.ts';
export type { FoundFor } from './decompose/found-for.ts';
export { type PartsReranker, wrapEach } from './decompose/parts-reranker.ts';
export {
  decomposedOptions,
  type DecompositionOptions,
  decompositionOptionNames,
} from './decompose/decomposition-options.ts';
export type { Answerer } from './decompose/answer-part.ts';
export { gather, type Gathered } from './decompose/gather.ts';
export { checkRetrieval, type GatherOptions } from './decompose/gather-options.ts';
export type { HopOptions } from './decompose/hops/hop-options.ts';
export { searchByHops } from './decompose/search-by-hops.ts';
export { rerankByParts, type RerankByPartsOptions } from './decompose/rerank-by-parts.ts';
export { english } from './decompose/rules/english.ts';
export type { RuleLanguage } from './decompose/rules/language.ts';

// What a reranker meets in production: each keeps the verb and adds one concern.
export { type CacheOptions, withCache } from './resilience/with-cache.ts';
export { withFallback } from './resilience/with-fallback.ts';
export { type LimitOptions, withLimit } from './resilience/with-limit.ts';
export { type RetryOptions, withRetry } from './resilience/with-retry.ts';
export { type TimeoutOptions, withTimeout } from './resilience/with-timeout.ts';
export { type TracingOptions, withTracing } from './resilience/with-tracing.ts';
export { untilAborted } from './resilience/until-aborted.ts';

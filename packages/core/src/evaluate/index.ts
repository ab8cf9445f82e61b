// The table of contents of @secondpass/core/evaluate: judgments and runs, measures, comparison, reports.
export type { Hit, Qrels, RankedList, RankedRun } from './run.ts';
export { qrelsOf, runOf } from './from-objects.ts';

// Files.
export type { LineSource } from './lines.ts';
export { readTrecRun, parseTrecRun, streamTrecRun } from './trec-run.ts';
export type { RunOptions } from './trec-run-lines.ts';
export { readRun } from './read-run.ts';
export { parseRunJsonLines, readRunJsonLines } from './run-json-lines.ts';
export { parseQrels, readQrels, type QrelsOptions } from './qrels.ts';
export {
  documentText,
  readCollection,
  readQueries,
  streamCorpus,
  type BeirDocument,
  type Collection,
  type CollectionOptions,
} from './collection.ts';
export { formatQrels, formatRunJsonLines, formatTrecRun, writeLines, type WriteRunOptions } from './write-runs.ts';

// Measures: values that print as `nDCG@10` and are read back from that.
export type { Agreement, BinaryOptions, Grades, Measure } from './measures/measure.ts';
export { isAgreement, parseAgreement, parseMeasure } from './measures/parse-measure.ts';
export { Bpref } from './measures/bpref.ts';
export { ERR } from './measures/err.ts';
export { FullSupport } from './measures/full-support.ts';
export { Judged } from './measures/judged.ts';
export { KendallTau, kendallTauB } from './measures/kendall-tau.ts';
export { MAP } from './measures/map.ts';
export { MRR } from './measures/mrr.ts';
export { nDCG } from './measures/ndcg.ts';
export { Precision } from './measures/precision.ts';
export { RBO } from './measures/rbo.ts';
export { RBP } from './measures/rbp.ts';
export { Recall } from './measures/recall.ts';
export { Rprec } from './measures/rprec.ts';
export { Success } from './measures/success.ts';
export { evaluate, evaluateLists, type EvaluateOptions, type Evaluation } from './evaluate.ts';

// Comparison: is the difference one, and how sure is it?
export { compare, type Comparison, type Difference } from './compare.ts';
export { checkGate, parseGate, type Gate, type GateResult } from './gate.ts';
export { bootstrapMean, quantile, type BootstrapOptions, type Interval } from './statistics/bootstrap.ts';
export { randomisationTest } from './statistics/randomisation.ts';
export { holm } from './statistics/holm.ts';

// Tuning: does reranking pay here, how deep, with which model, at what latency?
export { tune } from './tune/tune.ts';
export type { TuneOptions } from './tune/tune-options.ts';
export type { SettingResult, TuneReport } from './tune/tune-report.ts';
export { scorePairs, type ScorePairsOptions, type ScorePairsResult } from './tune/score-pairs.ts';
export type { ScoreQueryOptions } from './tune/score-query.ts';
export type { ResultStore, TuneSystem } from './tune/tune-system.ts';
export { probe } from './tune/probe.ts';
export type { SystemCode } from './tune/code-for.ts';
export type { ScoredPairs, ScoredQuery } from './tune/scored-pairs.ts';
export { openResults, type OpenResults, type ResultsKey } from './tune/results-file.ts';
export { applySetting } from './tune/apply-setting.ts';
export { settingName, type Setting } from './tune/setting.ts';
export type { HalfResult } from './tune/half-result.ts';
export type { Recommendation } from './tune/recommend.ts';
export type { CrossValidation } from './tune/cross-validate.ts';
export type { DepthAgreement } from './tune/depth-agreement.ts';
export type { Latency } from './tune/latency.ts';
export { tuneReportPage, type ReportSetting } from './report/tune-page.ts';
export { agreementTable, frontTable, halvesTable, type ReportTable } from './report/tune-tables.ts';
export { extentOf, settledSentence, stabilityOf, withoutJudgments } from './report/tune-sentences.ts';

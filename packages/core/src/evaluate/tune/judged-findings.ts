import { mean } from '../mean.ts';
import type { Qrels, RankedRun } from '../run.ts';
import { bootstrapMean } from '../statistics/bootstrap.ts';
import { gainsOf } from './choose.ts';
import { codeFor, type SystemCode } from './code-for.ts';
import { crossValidate } from './cross-validate.ts';
import { latencyOf } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { frontOf } from './pareto.ts';
import { findPitfalls } from './pitfalls.ts';
import { recommend } from './recommend.ts';
import type { ScoredPairs } from './scored-pairs.ts';
import { settingName } from './setting.ts';
import type { SettingResult, TuneReport } from './tune-report.ts';
import { warmNote } from './warm-note.ts';
import { withinBudget } from './within-budget.ts';

/** What a report holds of what was found, beside what was measured at all. */
export type Findings = Pick<
  TuneReport,
  'settings' | 'recommendation' | 'crossValidation' | 'gains' | 'agreement' | 'settled' | 'code' | 'notes'
>;

/** What there is with judgments: every second query chooses, the others are held against the choice. */
export function judgedFindings(given: {
  readonly settings: readonly MeasuredSetting[];
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly first: RankedRun;
  readonly qrels: Qrels;
  readonly depths: readonly number[];
  readonly measure: string;
  readonly budgetMs: number | undefined;
  readonly seed: number;
  readonly codeOf: ReadonlyMap<string, SystemCode>;
}): Findings {
  const { settings, pairs, queries, depths, measure, budgetMs, seed, codeOf } = given;
  const rows = queries.map((_, row) => row);
  const halves = [rows.filter((row) => row % 2 === 0), rows.filter((row) => row % 2 === 1)] as const;
  const crossValidation = crossValidate(withinBudget(settings, halves, budgetMs), rows, { seed });
  const recommendation = recommend(settings, ...halves, { budgetMs, measure, crossValidation });
  const named = (name: string) => settings.find(({ setting }) => settingName(setting) === name)!;
  const candidate = named(recommendation.candidate.name);
  const gains = gainsOf(candidate, settings[0]!, rows);
  return {
    settings: resultsOf(settings),
    recommendation,
    ...(crossValidation && { crossValidation }),
    gains: rows.map((row) => ({ query: queries[row]!, gain: gains[row]!, ms: candidate.ms[row]! })),
    agreement: [],
    code: codeFor(recommendation.setting, codeOf.get(recommendation.setting.system ?? '')),
    notes: [
      ...warmNote(recommendation.candidate.setting, pairs, queries, depths),
      ...findPitfalls({ ...given, chosen: named(recommendation.name), rows }),
    ],
  };
}

/** Every setting's figures over all queries. */
function resultsOf(settings: readonly MeasuredSetting[]): SettingResult[] {
  const results = settings.map(({ setting, values, ms }) => {
    const interval = bootstrapMean(values, { resamples: 1000 });
    return {
      name: settingName(setting),
      setting,
      quality: mean(values),
      ...(interval && { interval }),
      latency: latencyOf(ms),
    };
  });
  const front = frontOf(results);
  return results.map((one) => ({ ...one, onFront: front.has(one) }));
}

import { mean } from '../mean.ts';
import { bootstrapMean, type Interval } from '../statistics/bootstrap.ts';
import { choose, gainsOf, pick, type ChooseOptions } from './choose.ts';
import { latencyOf, type Latency } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { settingName, type Setting } from './setting.ts';

/** What a setting gave on some queries, and what it gained there over the first stage. */
export interface HalfResult {
  readonly queries: number;
  readonly quality: number;
  readonly firstStage: number;
  readonly gain: number;
  readonly interval?: Interval;
  readonly latency: Latency;
}

/** One setting, chosen on one half of the queries and held against the other. */
export interface Recommendation {
  readonly setting: Setting;
  readonly name: string;
  readonly reason: string;
  /** The half it was chosen on: optimistic, since it was chosen for being good there. */
  readonly choosing: HalfResult;
  /** The half it has never seen. */
  readonly heldOut: HalfResult;
  /** What the held-out half would have chosen. The same, or near it, where there are queries enough. */
  readonly heldOutChoice: string;
}

/** Chooses on one half and measures on the other. */
export function recommend(
  settings: readonly MeasuredSetting[],
  choosing: readonly number[],
  heldOut: readonly number[],
  options: ChooseOptions & { readonly measure: string },
): Recommendation {
  const { chosen, best, unproven } = choose(settings, choosing, options);
  const [base] = settings;
  const there = resultOn(chosen, base!, heldOut);
  const bestThere = resultOn(best, base!, choosing);
  const name = settingName(chosen.setting);
  const budget = options.budgetMs === undefined ? '' : ` within ${options.budgetMs} ms at the 95th percentile`;
  const fastest =
    chosen === best
      ? `The best setting${budget}`
      : `The fastest setting${budget} that is within ${options.tolerance ?? 0.005} ${options.measure} of the best (${settingName(best.setting)})`;
  const reason =
    chosen === base
      ? unproven
        ? `Reranking does not provably pay here: the best setting${budget} (${settingName(best.setting)}) gains ${signed(bestThere.gain)} ${options.measure} on ${choosing.length} queries${range(bestThere.interval)}, which may be chance.`
        : `No setting${budget} is better than the first stage on ${choosing.length} queries.`
      : `${fastest} on ${choosing.length} queries. On ${there.queries} queries that took no part in the choice it gains ${signed(there.gain)}${range(there.interval)} over the first stage, at ${there.latency.p50.toFixed(0)} ms at the median and ${there.latency.p95.toFixed(0)} ms at the 95th percentile.`;
  return {
    setting: chosen.setting,
    name,
    reason,
    choosing: resultOn(chosen, base!, choosing),
    heldOut: there,
    heldOutChoice: settingName(choose(settings, heldOut, options).chosen.setting),
  };
}

function resultOn(measured: MeasuredSetting, base: MeasuredSetting, rows: readonly number[]): HalfResult {
  const gains = gainsOf(measured, base, rows);
  const interval = bootstrapMean(gains, { resamples: 2000 });
  return {
    queries: rows.length,
    quality: mean(pick(measured.values, rows)),
    firstStage: mean(pick(base.values, rows)),
    gain: mean(gains),
    ...(interval && { interval }),
    latency: latencyOf(pick(measured.ms, rows)),
  };
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function range(interval: Interval | undefined): string {
  return interval ? ` (95 % interval ${signed(interval.low)} to ${signed(interval.high)})` : '';
}

import { mean } from '../mean.ts';
import { bootstrapMean, type Interval } from '../statistics/bootstrap.ts';
import { choose, gainsOf, pick, type ChooseOptions } from './choose.ts';
import type { CrossValidation } from './cross-validate.ts';
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
  /** What to use: the candidate if its gain holds, else the first stage. */
  readonly setting: Setting;
  readonly name: string;
  readonly reason: string;
  /** The fastest setting near the best one, as the choosing half has it; both halves below are about it. */
  readonly candidate: { readonly setting: Setting; readonly name: string };
  /** The half it was chosen on: optimistic, since it was chosen for being good there. */
  readonly choosing: HalfResult;
  /** The half it has never seen. */
  readonly heldOut: HalfResult;
  /** What the held-out half would have chosen. The same, or near it, where there are queries enough. */
  readonly heldOutChoice: string;
}

/**
 * Chooses a candidate on one half and holds it against the other. It is recommended if it gains on the half it has not
 * seen, and if that is certain (the 95 % interval stays above 0) either there or, over all queries, in cross-validation. The
 * half it was chosen on proves nothing: among many settings one looks good by chance.
 */
export function recommend(
  settings: readonly MeasuredSetting[],
  choosing: readonly number[],
  heldOut: readonly number[],
  options: ChooseOptions & { readonly measure: string; readonly crossValidation?: CrossValidation | undefined },
): Recommendation {
  const { candidate, best } = choose(settings, choosing, options);
  const base = settings[0]!;
  const here = resultOn(candidate, base, choosing);
  const there = resultOn(candidate, base, heldOut);
  const name = settingName(candidate.setting);
  const { crossValidation, tolerance = 0.005 } = options;
  const isCertain = isProof(there.interval) || isProof(crossValidation?.interval);
  const holds = candidate !== base && there.gain > 0 && isCertain;
  const budget = options.budgetMs === undefined ? '' : ` within ${options.budgetMs} ms at the 95th percentile`;
  const fastest =
    candidate === best
      ? `The best setting${budget}`
      : `The fastest setting${budget} that is within ${tolerance} ${options.measure} of the best (${settingName(best.setting)})`;
  const crossed = crossValidation
    ? ` and ${signed(crossValidation.gain)}${range(crossValidation.interval)} in cross-validation over all of them`
    : '';
  const seen = `${signed(here.gain)} ${options.measure} on the ${here.queries} queries that it was chosen on`;
  let reason: string;
  if (holds) {
    const more = isProof(there.interval) ? '' : `,${crossed}`;
    reason = `${fastest} on ${choosing.length} queries. On ${there.queries} queries that took no part in the choice it gains ${signed(there.gain)}${range(there.interval)} over the first stage${more}, at ${there.latency.p50.toFixed(0)} ms at the median and ${there.latency.p95.toFixed(0)} ms at the 95th percentile.`;
  } else if (candidate === base && best !== base) {
    reason = `The first stage is within ${tolerance} ${options.measure} of the best setting${budget} (${settingName(best.setting)}) on ${choosing.length} queries, and faster.`;
  } else if (candidate === base) {
    reason = `No setting${budget} is better than the first stage on ${choosing.length} queries.`;
  } else if (there.gain > 0) {
    reason = `Reranking does not provably pay here: ${name} gains ${seen}, ${signed(there.gain)}${range(there.interval)} on the ${there.queries} others${crossed}, which may be chance. More queries would tell.`;
  } else {
    reason = `Reranking does not hold here: ${name} gains ${seen}, and on the ${there.queries} others ${signed(there.gain)}${range(there.interval)}.`;
  }
  const { setting } = holds ? candidate : base;
  return {
    setting,
    name: settingName(setting),
    reason,
    candidate: { setting: candidate.setting, name },
    choosing: here,
    heldOut: there,
    heldOutChoice: settingName(choose(settings, heldOut, options).candidate.setting),
  };
}

/** True if a gain's interval stays above 0. */
function isProof(interval: Interval | undefined): boolean {
  return interval !== undefined && interval.low > 0;
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

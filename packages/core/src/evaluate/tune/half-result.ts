import { mean } from '../mean.ts';
import { bootstrapMean, type Interval } from '../statistics/bootstrap.ts';
import { gainsOf, pick } from './choose.ts';
import { latencyOf, type Latency } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';

/** What a setting gave on some queries, and what it gained there over the first stage. */
export interface HalfResult {
  readonly queries: number;
  readonly quality: number;
  readonly firstStage: number;
  readonly gain: number;
  readonly interval?: Interval;
  readonly latency: Latency;
}

/** `rows`: numbers of the queries, as in `values` of the settings. */
export function resultOn(measured: MeasuredSetting, base: MeasuredSetting, rows: readonly number[]): HalfResult {
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

import { mean } from '../mean.ts';
import { gainsOf, pick } from './choose.ts';
import { gainOf, type Gain } from './gain.ts';
import { latencyOf, type Latency } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';

/** What a setting gave on some queries, and what it gained there over the first stage. */
export interface HalfResult extends Gain {
  readonly queries: number;
  readonly quality: number;
  readonly firstStage: number;
  readonly latency: Latency;
}

/** `rows`: numbers of the queries, as in `values` of the settings. */
export function resultOn(measured: MeasuredSetting, base: MeasuredSetting, rows: readonly number[]): HalfResult {
  return {
    queries: rows.length,
    quality: mean(pick(measured.values, rows)),
    firstStage: mean(pick(base.values, rows)),
    ...gainOf(gainsOf(measured, base, rows), { resamples: 2000 }),
    latency: latencyOf(pick(measured.ms, rows)),
  };
}

import type { Note } from '../../types.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import type { CrossValidation } from './cross-validate.ts';
import type { DepthAgreement } from './depth-agreement.ts';
import type { Latency } from './latency.ts';
import type { Recommendation } from './recommend.ts';
import type { Setting } from './setting.ts';

/** One setting's figures over all queries used. */
export interface SettingResult {
  readonly name: string;
  readonly setting: Setting;
  readonly quality: number;
  readonly interval?: Interval;
  readonly latency: Latency;
  /** True if no other setting is at once better and faster: by the median, by the 95th percentile, or by both. */
  readonly onFront: boolean;
}

/** Everything that tuning found. */
export interface TuneReport {
  readonly measure: string;
  /** How many queries were scored, of how many there were. */
  readonly queries: { readonly used: number; readonly available: number };
  readonly depths: { readonly measured: readonly number[]; readonly unavailable: readonly number[] };
  readonly systems: readonly string[];
  readonly dropped: readonly { readonly system: string; readonly queries: number }[];
  readonly outOfTime: boolean;
  /** With judgments. The first stage first. */
  readonly settings: readonly SettingResult[];
  readonly recommendation?: Recommendation;
  readonly crossValidation?: CrossValidation;
  /** Of the recommendation's candidate against the first stage, query by query. */
  readonly gains: readonly { readonly query: string; readonly gain: number; readonly ms: number }[];
  /** Without judgments. */
  readonly agreement: readonly DepthAgreement[];
  /**
   * Without judgments: what `code` takes, the shallowest depth within the budget that gives at least 95 % of the final
   * top, else the deepest within it. Absent where none is.
   */
  readonly settled?: DepthAgreement;
  /** Code to paste, the same in JavaScript and TypeScript. */
  readonly code: string;
  readonly notes: readonly Note[];
}

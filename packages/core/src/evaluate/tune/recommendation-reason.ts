import { defaultTolerance, type Choice, type ChooseOptions } from './choose.ts';
import type { CrossValidation } from './cross-validate.ts';
import { isProof, type Gain } from './gain.ts';
import type { HalfResult } from './half-result.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { settingName } from './setting.ts';
import { slowestOn } from './within-budget.ts';

/** What the words around a recommendation need to know. */
export interface ReasonOptions extends ChooseOptions {
  readonly measure: string;
  /** 95th percentile of a query's reranking time at most, in milliseconds. Default: no bound. */
  readonly budgetMs?: number | undefined;
  readonly crossValidation?: CrossValidation | undefined;
}

/** Why a candidate is recommended, or the first stage in its place: one or two sentences. */
export function reasonFor(
  { candidate, best }: Pick<Choice, 'candidate' | 'best'>,
  base: MeasuredSetting,
  [here, there]: readonly [chosenOn: HalfResult, heldOut: HalfResult],
  holds: boolean,
  { measure, tolerance = defaultTolerance, budgetMs, crossValidation }: ReasonOptions,
): string {
  const budget = budgetMs === undefined ? '' : ` within ${inWords(budgetMs)}`;
  const near = `within ${tolerance} ${measure} of the best`;
  if (candidate === base) {
    return best === base
      ? `No setting${budget} is better than the first stage on ${here.queries} queries.`
      : `The first stage is ${near} setting${budget} (${settingName(best.setting)}) on ${here.queries} queries, and faster.`;
  }
  const crossed = crossValidation ? ` and ${inFigures(crossValidation)} in cross-validation over all of them` : '';
  const gained = inFigures(there);
  if (holds) {
    const fastest =
      candidate === best
        ? `The best setting${budget}`
        : `The fastest setting${budget} that is ${near} (${settingName(best.setting)})`;
    const more = isProof(there) ? '' : `,${crossed}`;
    return `${fastest} on ${here.queries} queries. On ${there.queries} queries that took no part in the choice it gains ${gained} over the first stage${more}, at ${there.latency.p50.toFixed(0)} ms at the median and ${inWords(Number(there.latency.p95.toFixed(0)))}.`;
  }
  const seen = `${settingName(candidate.setting)} gains ${signed(here.gain)} ${measure} on the ${here.queries} queries that it was chosen on`;
  return there.gain > 0
    ? `Reranking does not provably pay here: ${seen}, ${gained} on the ${there.queries} others${crossed}, which may be chance. More queries would tell.`
    : `Reranking does not hold here: ${seen}, and on the ${there.queries} others ${gained}.`;
}

/** Says so where every reranking is too slow, and how slow the quickest is. */
export function nothingWithin(
  budgetMs: number,
  settings: readonly MeasuredSetting[],
  groups: readonly (readonly number[])[],
): string {
  const [quickest] = settings
    .slice(1)
    .map((setting) => ({ name: settingName(setting.setting), ms: slowestOn(setting, groups) }))
    .sort((a, b) => a.ms - b.ms);
  return `No setting is within ${inWords(budgetMs)}: the quickest (${quickest!.name}) takes ${Math.ceil(quickest!.ms)} ms. Allow more, or try smaller depths or a faster model.`;
}

function inWords(ms: number): string {
  return `${ms} ms at the 95th percentile`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function inFigures(found: Gain): string {
  const { gain, interval, p } = found;
  if (!interval) return signed(gain);
  const still =
    interval.low > 0 && !isProof(found) ? `, yet p = ${Number(p.toFixed(3))} by the randomisation test` : '';
  return `${signed(gain)} (95 % interval ${signed(interval.low)} to ${signed(interval.high)}${still})`;
}

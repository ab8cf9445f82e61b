import { pick } from './choose.ts';
import { latencyOf } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';

/**
 * The settings whose 95th percentile of reranking time is within the budget on each group of queries and on all of
 * them; the first stage, which is the first and takes no time, always. Queries that are held out count too: speed says
 * nothing about quality, so that looking at it there makes no choice look better than it is.
 * @param budgetMs default: no bound
 */
export function withinBudget(
  settings: readonly MeasuredSetting[],
  groups: readonly (readonly number[])[],
  budgetMs: number | undefined,
): readonly MeasuredSetting[] {
  if (budgetMs === undefined) return settings;
  return settings.filter((setting, index) => index === 0 || slowestOn(setting, groups) <= budgetMs);
}

/** The largest 95th percentile of some groups of queries, and of all of them together. */
export function slowestOn({ ms }: MeasuredSetting, groups: readonly (readonly number[])[]): number {
  return Math.max(...[...groups, groups.flat()].map((rows) => latencyOf(pick(ms, rows)).p95));
}

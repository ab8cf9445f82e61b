import type { TuneReport } from '../tune/tune-report.ts';
import { settledShare } from '../tune/depth-agreement.ts';
import { signed } from './tune-tables.ts';

/** What was measured: queries, depths, systems that were dropped on the way. */
export function extentOf({ queries, depths, outOfTime, dropped }: TuneReport): string[] {
  const beyond =
    depths.unavailable.length > 0
      ? `; not available beyond the run's longest list: ${depths.unavailable.join(', ')}`
      : '';
  return [
    `${queries.used} of ${queries.available} queries${outOfTime ? ' (the time was used up)' : ''}; depths ${depths.measured.join(', ')}${beyond}.`,
    ...dropped.map(({ system, queries: count }) => `${system} was dropped after ${count} queries: others were better.`),
  ];
}

/** With judgments: what the other half and the folds of cross-validation would have chosen. */
export function stabilityOf({ recommendation, crossValidation }: TuneReport): string[] {
  const other = `The held-out half would have chosen: ${recommendation!.heldOutChoice}.`;
  if (!crossValidation) return [other];
  const { folds, gain, interval, chosen } = crossValidation;
  const range = interval ? ` [${signed(interval.low)}, ${signed(interval.high)}]` : '';
  const choices = chosen.map(({ setting, folds: count }) => `${setting} in ${count}`).join('; ');
  return [
    other,
    `Choosing this way gains ${signed(gain)}${range} on unseen queries (${folds}-fold cross-validation; chosen: ${choices}).`,
  ];
}

/** What a report without judgments can say, and what not. */
export const withoutJudgments: string =
  'No judgments: this says when the reranker has made up its mind, not whether its mind is right.';

/** Without judgments: which depth the code takes, and what speaks for it. Empty where there are judgments. */
export function settledSentence({ settled, depths, agreement, recommendation }: TuneReport): string {
  if (recommendation) return '';
  if (!settled) {
    const quickest = agreement.reduce((least, { latency }) => Math.min(least, latency.p95), Infinity);
    return `No depth that was tried is within the budget: the quickest takes ${Math.ceil(quickest)} ms at the 95th percentile. The code keeps the order of the first stage.`;
  }
  const { system, depth, overlap, top } = settled;
  if (depths.measured.length === 1) return `Only depth ${depth} was tried; the code takes ${system} at that depth.`;
  if (depth === depths.measured.at(-1)) {
    return `No smaller depth gives 95 % of the final top ${top} (of a shorter list: of its upper half); the code takes ${system} at depth ${depth}, the deepest that was tried.`;
  }
  if (overlap < settledShare) {
    return `No depth within the budget gives 95 % of the final top ${top} (of a shorter list: of its upper half); the code takes ${system} at depth ${depth}, which gives ${(overlap * 100).toFixed(1)} %.`;
  }
  return `At depth ${depth} ${system} already gives ${(overlap * 100).toFixed(1)} % of the final top ${top} (of a shorter list: of its upper half); the code takes that depth.`;
}

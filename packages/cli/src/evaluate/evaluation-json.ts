import type { Interval } from '@secondpass/core/evaluate';
import { jsonLine } from '../print/printable.ts';
import type { EvaluateReport } from './evaluate-runs.ts';

/**
 * The report as one JSON object: plain numbers under the printed names of their measures, intervals as `[low, high]`,
 * per-query values as query to measure to value. What was not asked for is empty.
 */
export function evaluationJson(report: EvaluateReport, options: { readonly perQuery: boolean }): string {
  const { evaluations, intervals, comparisons, agreements, gates, judged } = report;
  return jsonLine({
    judged,
    runs: evaluations.map(({ run, means, queries, perQuery, answered, notes }, index) => ({
      name: run,
      measures: means,
      intervals: Object.fromEntries(
        Object.entries(intervals[index]!).map(([measure, interval]) => [measure, pair(interval)]),
      ),
      answered,
      ...(options.perQuery && {
        perQuery: Object.fromEntries(
          queries.map((query, row) => [
            query,
            Object.fromEntries(Object.entries(perQuery).map(([measure, values]) => [measure, values[row]])),
          ]),
        ),
      }),
      notes: notes.map(({ code, by, message, ids }) => ({ code, by, message, ...(ids && { ids }) })),
    })),
    comparisons: comparisons.flatMap(({ measure, baseline, differences }) =>
      differences.map(({ run, difference, interval, p, correctedP, wins, ties, losses }) => ({
        measure,
        baseline,
        run,
        difference,
        ...(interval && { interval: pair(interval) }),
        p,
        correctedP,
        wins,
        ties,
        losses,
      })),
    ),
    agreements,
    gates,
  });
}

function pair({ low, high }: Interval): [number, number] {
  return [low, high];
}

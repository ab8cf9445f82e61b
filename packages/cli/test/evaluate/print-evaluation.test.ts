import { compare, evaluate, type Measure, qrelsOf, runOf } from '@secondpass/core/evaluate';
import { describe, expect, it } from 'vitest';
import { printEvaluation } from '../../src/evaluate/print-evaluation.ts';
import { styleFor } from '../../src/print/style.ts';

describe('the queries that moved most', () => {
  it('are no ties: a difference that comes from the order of additions moves nothing', () => {
    const queries = ['gained', 'lost', 'tied', 'tied-too'];
    const qrels = qrelsOf(queries.map((query) => [query, { d: 1 }]));
    const values: Record<string, number> = { gained: 0.25, lost: -0.5, tied: 1e-12, 'tied-too': -1e-12 };
    /** The value is written in the id of the first hit. */
    const measure: Measure = { name: 'M', score: ([id]) => Number(id) };
    const run = (name: string, factor: number) =>
      runOf(
        name,
        queries.map((query) => [query, [String(values[query]! * factor)]]),
      );
    const evaluations = [run('a', 0), run('b', 1)].map((one) => evaluate(qrels, one, [measure]));
    const report = {
      judged: 4,
      evaluations,
      intervals: [{}, {}],
      comparisons: [compare(evaluations, 'M')],
      agreements: [],
      gates: [],
      notes: [],
    };
    const out = printEvaluation(report, styleFor({} as never, {}), { perQuery: false, level: 0.95 });
    expect(out).toContain('1/2/1');
    expect(out).toMatch(/gained +\+0\.2500 +lost +-0\.5000/);
    expect(out).not.toContain('tied');
  });
});

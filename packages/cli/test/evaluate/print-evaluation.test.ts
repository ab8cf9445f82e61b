import { compare, evaluate, type Measure, qrelsOf, runOf } from '@secondpass/core/evaluate';
import { describe, expect, it } from 'vitest';
import { printEvaluation } from '../../src/evaluate/print-evaluation.ts';
import { columnsOf } from '../../src/print/layout.ts';
import { styleFor } from '../../src/print/style.ts';

describe('the table of values', () => {
  const measures = ['nDCG@10', 'MRR@10', 'Recall@100', 'MAP'];
  const evaluations = ['bm25', 'reranked'].map((name, at) =>
    evaluate(qrelsOf([['q', { a: 1 }]]), runOf(name, [['q', at === 0 ? ['b', 'a'] : ['a']]]), measures),
  );
  const interval = { low: 0.123456, high: 0.9 };
  const report = {
    judged: 1,
    evaluations,
    intervals: evaluations.map(() => Object.fromEntries(measures.map((name) => [name, interval]))),
    comparisons: measures.map((name) => compare(evaluations, name)),
    agreements: [],
    gates: [],
    notes: [],
  };
  const shown = (columns: number): string =>
    printEvaluation(report, styleFor({ columns } as never, {}), { perQuery: false, level: 0.95 });

  it('has a row for each run where it fits', () => {
    expect(shown(120)).toMatch(/^reranked +1\.0000 \[0\.123, 0\.900\] +1\.0000 .* 1$/m);
  });

  it('has a row for each measure and run where it does not', () => {
    expect(
      shown(80)
        .split('\n')
        .filter((line) => columnsOf(line) > 80),
    ).toEqual([]);
    expect(shown(80)).toMatch(/^MRR@10 +bm25 +0\.5000 \[0\.123, 0\.900\] +1\n +reranked +1\.0000 /m);
  });
});

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

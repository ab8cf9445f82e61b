import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Bpref,
  ERR,
  evaluate,
  evaluateLists,
  FullSupport,
  isAgreement,
  Judged,
  KendallTau,
  MRR,
  nDCG,
  parseAgreement,
  parseMeasure,
  Precision,
  qrelsOf,
  RBO,
  RBP,
  Rprec,
  runOf,
  type RankedList,
} from '@secondpass/core/evaluate';

const judged = [
  'nDCG@10',
  'MRR',
  'MAP',
  'Recall@5',
  'Precision@5',
  'Success@1',
  'Rprec',
  'Bpref',
  'Judged@5',
  'ERR@5',
  'RBP',
  'FullSupport@5',
];
const ids = fc.uniqueArray(
  fc.integer({ min: 0, max: 30 }).map((n) => `d${n}`),
  { minLength: 1, maxLength: 20 },
);
const grades = fc
  .dictionary(
    fc.integer({ min: 0, max: 30 }).map((n) => `d${n}`),
    fc.integer({ min: -1, max: 4 }),
  )
  .map((all) => new Map(Object.entries(all)));

const log = (rank: number): number => Math.log2(rank + 1);

describe('measures as values', () => {
  it.each([
    'nDCG',
    'nDCG@10',
    'nDCG(gains=exp)@10',
    'MRR@10',
    'MRR(rel=2)@10',
    'MAP',
    'MAP@50',
    'Recall@100',
    'Precision@5',
    'Success@1',
    'Rprec',
    'Rprec(rel=2)',
    'Bpref',
    'Judged@10',
    'ERR@20',
    'ERR(max=3)@20',
    'RBP',
    'RBP(p=0.5)',
    'RBP(p=0.5,rel=2)@10',
    'FullSupport@10',
  ])('%s prints as it is read', (name) => expect(parseMeasure(name).name).toBe(name));

  it('reads other spellings and defaults as the one standard name', () => {
    expect(parseMeasure(' ndcg @ 10 ').name).toBe('nDCG@10');
    expect(parseMeasure('RR@10').name).toBe('MRR@10');
    expect(parseMeasure('AP(rel=1)').name).toBe('MAP');
    expect(parseMeasure('P@5').name).toBe('Precision@5');
    expect(parseMeasure('RBP(p=0.8)').name).toBe('RBP');
    expect(parseAgreement('rbo( p = 0.95 )@20').name).toBe('RBO(p=0.95)@20');
    expect([isAgreement('KendallTau@5'), isAgreement('MAP')]).toEqual([true, false]);
  });

  it.each([
    ['nDGC@10', 'the known ones are nDCG'],
    ['nDCG@0', 'The cutoff of nDCG is 0'],
    ['nDCG@ten', 'a measure is written'],
    ['nDCG(gain=exp)', 'it takes gains='],
    ['nDCG(gains=log)', 'it is "linear" or "exp"'],
    ['MRR(rel=0)', 'rel of MRR is 0; it must be a number above 0'],
    ['MRR(rel=x)', 'rel of MRR is NaN'],
    ['Rprec@5', 'it takes no cutoff'],
    ['Judged(rel=1)', 'it takes no parameters'],
    ['Precision', 'Precision needs a cutoff'],
    ['RBP(p=1)', 'between 0 and 1'],
    ['RBO', 'read it with parseAgreement'],
    ['', 'a measure is written'],
  ])('refuses %j with the way out', (text, message) => expect(() => parseMeasure(text)).toThrow(message));

  it.each([
    [() => nDCG({ k: 10 } as never), 'nDCG() has no option "k": known: at, gains.'],
    [() => MRR({ cutoff: 10 } as never), 'MRR() has no option "cutoff": known: at, rel.'],
    [() => RBP({ persistence: 0.5 } as never), 'RBP() has no option "persistence": known: at, rel, p.'],
    [() => ERR({ maximum: 3 } as never), 'ERR() has no option "maximum": known: at, max.'],
    [() => RBO({ q: 0.9 } as never), 'did you mean "p"?'],
    [() => KendallTau({ att: 5 } as never), 'did you mean "at"?'],
    [() => Judged({ k: 5 } as never), 'known: at.'],
    [() => Bpref({ at: 5 } as never), 'Bpref() has no option "at"'],
    [() => Rprec({ at: 5 } as never), 'Rprec() has no option "at"'],
  ])('refuses an option that it would not read: %s', (make, message) => expect(make).toThrow(message));

  it('refuses a grade above the scale of ERR', () => {
    expect(() => ERR({ max: 2 }).score(['a'], new Map([['a', 3]]))).toThrow('use ERR(max=3)');
    expect(ERR({ max: 1 }).score(['x', 'a'], new Map([['a', 1]]))).toBe(0.25);
  });

  it('takes grades of any size: counts of clicks may be thousands', () => {
    const clicks = new Map([
      ['a', 3000],
      ['b', 2999],
    ]);
    expect(nDCG({ gains: 'exp' }).score(['x', 'a', 'b'], clicks)).toBeCloseTo(
      (1 / log(2) + 0.5 / log(3)) / (1 + 0.5 / log(2)),
      12,
    );
    expect(ERR({ max: 3000 }).score(['x', 'a', 'b'], clicks)).toBeCloseTo(1 / 2, 12);
  });

  it('gives figures that can be checked by hand', () => {
    const judgments = new Map([
      ['a', 3],
      ['b', 1],
      ['c', 0],
      ['e', 2],
    ]);
    expect(nDCG({ at: 3 }).score(['b', 'x', 'a', 'e'], judgments)).toBeCloseTo(
      (1 + 3 / log(3)) / (3 + 2 / log(2) + 1 / log(3)),
      12,
    );
    expect(nDCG({ at: 2, gains: 'exp' }).score(['b', 'a'], judgments)).toBeCloseTo(
      (1 + 7 / log(2)) / (7 + 3 / log(2)),
      12,
    );
    expect(MRR({ rel: 2 }).score(['b', 'x', 'a'], judgments)).toBeCloseTo(1 / 3, 12);
    expect(RBP({ p: 0.5 }).score(['x', 'a', 'b'], judgments)).toBeCloseTo(0.5 * (0.5 + 0.25), 12);
    expect(Precision({ at: 10 }).score(['a'], judgments)).toBe(0.1);
    expect([3, 4].map((at) => FullSupport({ at }).score(['b', 'x', 'a', 'e'], judgments))).toEqual([0, 1]);
  });

  it('stays in [0, 1], and a ranking put in order of its grades is not beaten', () => {
    fc.assert(
      fc.property(ids, grades, (ranking, judgments) => {
        const best = [...ranking].sort((a, b) => (judgments.get(b) ?? 0) - (judgments.get(a) ?? 0));
        for (const name of judged) {
          // The order of grades says nothing of what is judged at all.
          const ordered = name === 'Judged@5' ? ranking : best;
          const measure = parseMeasure(name);
          const value = measure.score(ranking, judgments);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(measure.score(ordered, judgments)).toBeGreaterThanOrEqual(value - 1e-12);
        }
      }),
    );
  });
});

describe('agreement of two rankings', () => {
  it('is 1 for equal lists, symmetric, 0 or undefined where nothing is common', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        for (const measure of [RBO(), RBO({ p: 0.5, at: 5 }), KendallTau()]) {
          const value = measure.agree(a, b);
          expect(measure.agree(b, a) ?? -2).toBeCloseTo(value ?? -2, 12);
          expect(measure.agree(a, a) ?? 1).toBeCloseTo(1, 9);
        }
        expect(
          RBO().agree(
            a,
            a.map((id) => `not-${id}`),
          ),
        ).toBe(0);
        expect(KendallTau().agree(a, [...a].reverse()) ?? -1).toBe(-1);
      }),
    );
    expect(RBO().agree([], [])).toBeUndefined();
    expect(RBO().agree(['a'], [])).toBe(0);
    expect(KendallTau().agree(['a', 'b'], ['a', 'c'])).toBeUndefined();
  });
});

describe('evaluate', () => {
  const qrels = qrelsOf({ q1: { a: 1 }, q2: { b: 1 }, q3: { c: 0 } });
  const run = runOf('mine', { q1: ['a'], q3: ['c'], q9: ['z'] });

  it('counts a judged query that is missing from the run as 0, and says so', () => {
    const evaluation = evaluate(qrels, run, ['MRR']);
    expect(evaluation).toMatchObject({ run: 'mine', means: { MRR: 1 / 3 }, queries: ['q1', 'q2', 'q3'], answered: 2 });
    expect(evaluation.notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['unanswered-query', ['q2']],
      ['unjudged-query', undefined],
      ['nothing-relevant', ['q3']],
    ]);
  });

  it('leaves it out where only answered queries are averaged', () => {
    const evaluation = evaluate(qrels, run, [MRR()], { average: 'answered' });
    expect(evaluation).toMatchObject({ means: { MRR: 1 / 2 }, queries: ['q1', 'q3'] });
  });

  it('gives the same from lists that come one at a time', async () => {
    async function* lists(): AsyncGenerator<RankedList> {
      for (const [query, hits] of run.lists) yield { query, hits };
    }
    expect(await evaluateLists(qrels, 'mine', lists(), judged)).toEqual(evaluate(qrels, run, judged));
  });

  it('refuses a run and judgments without a common query, unknown options and averages', () => {
    expect(() => evaluate(qrels, runOf('r', { x: ['a'] }), ['MRR'])).toThrow('answers none of the 3 judged queries');
    expect(() => evaluate(new Map(), runOf('r', { x: ['a'] }), ['MRR'])).toThrow('There are no judgments');
    expect(() => evaluate(qrels, run, ['MRR'], { averages: 'judged' } as never)).toThrow('did you mean "average"?');
    expect(() => evaluate(qrels, run, ['MRR'], { average: 'all' as never })).toThrow('it is "judged" or "answered"');
    expect(() => runOf('r', { q: ['a', 'a'] })).toThrow('holds document "a" twice');
    expect(() => runOf('r', { q: [{ id: 'a', score: Number.NaN }] })).toThrow('scores "a" as NaN');
    expect(() => qrelsOf({ q: { a: Infinity } })).toThrow('must be a finite number');
  });

  it('refuses a query that comes twice: one of its lists would be lost', async () => {
    expect(() =>
      runOf('r', [
        ['q', ['a']],
        ['q', ['b']],
      ]),
    ).toThrow('Run "r" has two lists for query "q"');
    expect(() =>
      qrelsOf([
        ['q', { a: 1 }],
        ['q', { b: 1 }],
      ]),
    ).toThrow('There are two sets of judgments for query "q"');
    async function* twice(): AsyncGenerator<RankedList> {
      yield { query: 'q1', hits: [] };
      yield { query: 'q1', hits: [] };
    }
    await expect(evaluateLists(qrels, 'r', twice(), ['MRR'])).rejects.toThrow('Run "r" has two lists for query "q1"');
  });
});

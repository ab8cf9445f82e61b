import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hit, qrelsOf, runOf, tune } from '@secondpass/core/evaluate';
import { longestList, splitDepths, usableQueries } from '../../../src/evaluate/tune/tune-inputs.ts';
import { given, lists, system } from './synthetic.ts';

const hits = (count: number): Hit[] => Array.from({ length: count }, (_, i) => ({ id: `d${i}` }));
const others = Array.from({ length: 150_000 }, (_, i): [string, readonly Hit[]] => [`other${i}`, hits(1)]);

describe('what tuning is given', () => {
  it('may be a run of any number of queries', () => {
    const first = { name: 'first', lists: new Map([...others, ['q', hits(12)]]), notes: [] };
    expect(longestList(first)).toBe(12);
    expect(splitDepths([5, 10, 20], first)).toEqual({ measured: [5, 10, 12], unavailable: [20] });
    expect(longestList(runOf('empty', []))).toBe(0);
  });

  it('may be a run with more queries than a call can have arguments', async () => {
    const first = { name: 'first', lists: new Map([...others, ...lists]), notes: [] };
    const report = await tune(given([system('able', 0.9)], { first }));
    expect(report.recommendation!.setting).toMatchObject({ system: 'able', depth: 40 });
    expect(report.notes.map(({ code }) => code)).toContain('too-shallow');
  });

  it('is looked through in time that grows with it, not with its square', () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `q${i}`);
    // Half of them have no relevant document, and a quarter no hits.
    const qrels = new Map(names.map((name, i) => [name, new Map([['d0', i % 2]])]));
    const lists = new Map(names.map((name, i) => [name, hits(i % 4 === 3 ? 0 : 1)]));
    const texts = new Map(names.map((name) => [name, name]));
    const started = performance.now();
    const { candidates } = usableQueries(texts, { name: 'first', lists, notes: [] }, qrels);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(candidates).toEqual(names.filter((_, i) => i % 4 === 1));
  });

  it('takes part where it has a text, hits and a relevant document, and each that has not is named', () => {
    const query = fc.record({ text: fc.boolean(), hits: fc.nat(2), grades: fc.array(fc.nat(1), { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(query, { maxLength: 8 }), (drawn) => {
        // Four that are usable for certain: fewer are refused.
        const all = [...drawn, ...hits(4).map(() => ({ text: true, hits: 1, grades: [1] }))];
        const texts = new Map(all.flatMap(({ text }, i) => (text ? [[`q${i}`, 'text'] as const] : [])));
        const qrels = qrelsOf(
          all.map(({ grades }, i) => [`q${i}`, Object.fromEntries(grades.map((grade, at) => [`d${at}`, grade]))]),
        );
        const first = runOf(
          'first',
          all.map((one, i) => [`q${i}`, hits(one.hits)]),
        );
        const { candidates, notes } = usableQueries(texts, first, qrels);
        const idsOf = (test: (one: (typeof all)[number]) => boolean): string[] =>
          all.flatMap((one, i) => (test(one) ? [`q${i}`] : []));
        const hopeless = idsOf(({ grades }) => !grades.includes(1));
        const absent = idsOf((one) => !one.text || one.hits === 0);
        expect(candidates).toEqual(idsOf((one) => one.text && one.hits > 0 && one.grades.includes(1)));
        expect(notes.map(({ code, ids }) => [code, ids])).toEqual(
          [['nothing-relevant', hopeless] as const, ['unanswered-query', absent] as const].filter(
            ([, ids]) => ids.length > 0,
          ),
        );
      }),
    );
  });
});

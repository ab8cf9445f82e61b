import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapMean,
  checkGate,
  compare,
  evaluate,
  holm,
  parseGate,
  qrelsOf,
  quantile,
  randomisationTest,
  runOf,
} from '@secondpass/core/evaluate';
import { seededRandom } from '../../src/maths/random.ts';

/** Every sign assignment, written as recursion: the definition, without loops over bits. */
function permutationP(differences: readonly number[]): number {
  const sums = differences.reduce<number[]>((all, d) => all.flatMap((sum) => [sum + d, sum - d]), [0]);
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  return sums.filter((sum) => Math.abs(sum) >= observed - 1e-9).length / sums.length;
}

/** Each step of Holm's procedure as the paper has it: reject from the smallest p on while p <= level / tests left. */
function holmRejects(pValues: readonly number[], level: number): boolean[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const rejected = pValues.map(() => false);
  for (const [step, index] of order.entries()) {
    if (pValues[index]! > level / (pValues.length - step)) break;
    rejected[index] = true;
  }
  return rejected;
}

describe('randomisation test', () => {
  const small = fc.array(
    fc.integer({ min: -8, max: 8 }).map((n) => n / 8),
    { minLength: 1, maxLength: 10 },
  );

  it('is exact for few differing queries', () => {
    fc.assert(
      fc.property(small, (d) => {
        expect(randomisationTest(d)).toBeCloseTo(permutationP(d), 12);
      }),
    );
  });

  it('comes near the exact value where it must sample', () => {
    const d = Array.from({ length: 18 }, (_, i) => (((i * 37) % 19) - 7) / 10);
    expect(Math.abs(randomisationTest(d, { samples: 20_000 }) - permutationP(d))).toBeLessThan(0.015);
  });

  it('is 1 without a difference, never 0, two-sided, and the same for the same seed', () => {
    expect(randomisationTest([0, 0, 0])).toBe(1);
    const clear = Array.from({ length: 40 }, () => 1);
    expect(randomisationTest(clear, { samples: 999 })).toBe(1 / 1000);
    expect(randomisationTest([1, 1, 1, 1])).toBe(randomisationTest([-1, -1, -1, -1]));
    const noisy = Array.from({ length: 60 }, (_, i) => Math.sin(i) / 3 + 0.05);
    expect(randomisationTest(noisy, { seed: 4 })).toBe(randomisationTest(noisy, { seed: 4 }));
    expect(randomisationTest(noisy, { seed: 4 })).not.toBe(randomisationTest(noisy, { seed: 5 }));
  });
});

describe('bootstrap', () => {
  it('comes near the exact bootstrap distribution of a few values', () => {
    const values = [0.1, 0.9, 0.4, 0.5, 0.75];
    let sums = [0];
    for (const _ of values) sums = sums.flatMap((sum) => values.map((value) => sum + value));
    const exact = Float64Array.from(sums, (sum) => sum / values.length).sort();
    const { low, high } = bootstrapMean(values, { resamples: 50_000 })!;
    expect(low).toBeCloseTo(quantile(exact, 0.025), 1);
    expect(high).toBeCloseTo(quantile(exact, 0.975), 1);
    const narrow = bootstrapMean(values, { level: 0.5, resamples: 50_000 })!;
    expect(Math.abs(narrow.low - quantile(exact, 0.25))).toBeLessThan(0.01);
    expect(Math.abs(narrow.high - quantile(exact, 0.75))).toBeLessThan(0.01);
  });

  it.each([
    [60, 0.93, 0.97],
    [12, 0.88, 0.94],
    [5, 0.77, 0.87],
  ])('of %i values, holds the true mean in a share of samples between %f and %f', (count, least, most) => {
    const random = seededRandom(count);
    const trials = 600;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: count }, random);
      const { low, high } = bootstrapMean(values, { resamples: 400, seed: trial })!;
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(least);
    expect(covered / trials).toBeLessThan(most);
  });

  it('is a point for equal values, nothing for one, and repeats with its seed', () => {
    expect(bootstrapMean([2, 2, 2])).toEqual({ low: 2, high: 2 });
    expect(bootstrapMean([1])).toBeUndefined();
    const values = [0, 1, 0, 0, 1, 1, 0.5];
    expect(bootstrapMean(values, { seed: 7 })).toEqual(bootstrapMean(values, { seed: 7 }));
    expect(() => bootstrapMean(values, { level: 95 })).toThrow('level is 95');
    expect(() => bootstrapMean(values, { resamples: 5 })).toThrow('resamples is 5');
  });

  it('takes quantiles as numpy does', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual(
      [1, 1.75, 3, 6.8, 8].map((x) => expect.closeTo(x, 12)),
    );
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("Holm's correction", () => {
  it('rejects at every level what the stepwise procedure rejects', () => {
    const ps = fc.array(
      fc.integer({ min: 1, max: 400 }).map((n) => n / 1000),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(ps, (p) => {
        const corrected = holm(p);
        for (const level of [0.0105, 0.0505, 0.1003, 0.3337])
          expect(corrected.map((value) => value <= level)).toEqual(holmRejects(p, level));
        for (const [index, value] of corrected.entries()) expect(value).toBeGreaterThanOrEqual(p[index]!);
      }),
    );
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06].map((p) => expect.closeTo(p, 12)));
  });
});

describe('compare', () => {
  const queries = Array.from({ length: 12 }, (_, i) => `q${i}`);
  const qrels = qrelsOf(queries.map((query) => [query, { good: 1 }]));
  const base = evaluate(
    qrels,
    runOf(
      'base',
      queries.map((query) => [query, ['x', 'good']]),
    ),
    ['MRR', 'MAP'],
  );
  const better = evaluate(
    qrels,
    runOf(
      'better',
      queries.map((query, i) => [query, i < 10 ? ['good'] : i === 10 ? ['x', 'good'] : ['x', 'y', 'good']]),
    ),
    ['MRR', 'MAP'],
  );

  it('counts wins, ties and losses and orders queries by what they gained', () => {
    const { baseline, differences } = compare([base, better, base], 'MRR', { resamples: 1000 });
    expect(baseline).toBe('base');
    const [first, same] = differences as [(typeof differences)[0], (typeof differences)[0]];
    expect(first).toMatchObject({ run: 'better', wins: 10, ties: 1, losses: 1 });
    expect(first.difference).toBeCloseTo((10 * 0.5 - 1 / 6) / 12, 12);
    expect(first.perQuery.at(-1)).toEqual({ query: 'q11', difference: expect.closeTo(-1 / 6, 12) });
    expect(first.perQuery[0]!.query).toBe('q0');
    // Eleven queries differ; only the all-equal signs and those that flip the one small loss are as far out.
    expect(first.p).toBe(permutationP(first.perQuery.map(({ difference }) => difference)));
    expect(first.correctedP).toBe(2 * first.p);
    expect(first.interval!.low).toBeGreaterThan(0);
    expect(same).toMatchObject({ difference: 0, p: 1, correctedP: 1, ties: 12 });
  });

  it('compares over common queries only, and refuses what cannot be compared', () => {
    const few = evaluate(qrels, runOf('few', { q1: ['good'], q2: ['x', 'good'] }), ['MRR'], { average: 'answered' });
    expect(compare([base, few], 'MRR', { resamples: 100 }).differences[0]).toMatchObject({
      wins: 1,
      ties: 1,
      difference: 0.25,
    });
    expect(() => compare([base, few], 'MAP')).toThrow('"few" was not measured by "MAP"; it has MRR');
    const other = evaluate(qrelsOf({ z: { a: 1 } }), runOf('other', { z: ['a'] }), ['MRR']);
    expect(() => compare([base, other], 'MRR')).toThrow('no query in common');
    expect(() => compare([], 'MRR')).toThrow('the baseline first');
  });

  it('holds runs against gates, absolute and relative', () => {
    const gate = (text: string, ...runs: (typeof base)[]): boolean[] =>
      checkGate(parseGate(text), runs, { resamples: 500 }).map(({ passed }) => passed);
    expect(gate('MRR>=0.5', base)).toEqual([true]);
    expect(gate('MRR>0.5', base)).toEqual([false]);
    expect(gate('RR >= 0.6', base, better)).toEqual([true]);
    expect(gate('MRR>=+0.3', base, better, base)).toEqual([true, false]);
    expect(gate('MRR>=+0.5', base, better)).toEqual([false]);
    expect(gate('MRR>=-0.1', base, base)).toEqual([true]);
    expect(checkGate(parseGate('MRR>=+0.4'), [base, better])[0]).toMatchObject({ passed: true, uncertain: true });
    expect(checkGate(parseGate('MRR>=+0.01'), [base, better])[0]).toMatchObject({ passed: true, uncertain: false });
    expect(() => gate('MRR>=+0.1', base)).toThrow('there is no second');
    expect(() => gate('nDCG@10>=0.1', base)).toThrow('was not measured by "nDCG@10"');
    expect(() => parseGate('MRR=0.5')).toThrow('is no gate');
    expect(() => parseGate('MRRR>=0.5')).toThrow('is no measure');
  });
});

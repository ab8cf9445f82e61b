import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from '../../../src/evaluate/tune/choose.ts';
import { crossValidate, type CrossValidation } from '../../../src/evaluate/tune/cross-validate.ts';
import type { MeasuredSetting } from '../../../src/evaluate/tune/measure-settings.ts';
import { frontOf, paretoFront } from '../../../src/evaluate/tune/pareto.ts';
import { recommend } from '../../../src/evaluate/tune/recommend.ts';
import { seededRandom } from '../../../src/maths/random.ts';

const setting = (depth: number, values: readonly number[], ms: number): MeasuredSetting => ({
  setting: { ...(depth > 0 && { system: 'm' }), depth, blend: 0 },
  values: Float64Array.from(values),
  ms: new Float64Array(values.length).fill(ms),
});

describe('choosing', () => {
  const rows = Array.from({ length: 30 }, (_, i) => i);
  const base = setting(
    0,
    rows.map((i) => 0.5 + (i % 3) / 100),
    0,
  );
  const good = setting(
    10,
    rows.map((i) => 0.7 + (i % 3) / 100),
    50,
  );
  const slow = setting(
    50,
    rows.map((i) => 0.703 + (i % 3) / 100),
    400,
  );
  const noisy = setting(
    20,
    rows.map((i) => (i % 2 === 0 ? 0.1 : 0.95)),
    80,
  );

  it('takes the fastest within the tolerance, and the best where nothing may be given up', () => {
    expect(choose([base, good, slow], rows).chosen).toBe(good);
    expect(choose([base, good, slow], rows, { tolerance: 0 }).chosen).toBe(slow);
  });

  it('keeps the first stage where a gain may be chance', () => {
    expect(choose([base, noisy], rows)).toEqual({ chosen: base, candidate: noisy, best: noisy });
  });

  it('is not fooled by many settings without a real gain: cross-validation stays near 0', () => {
    const random = seededRandom(7);
    const many = Array.from({ length: 400 }, (_, s) => setting(s + 1, rows.map(random), 10));
    const flat = setting(
      0,
      rows.map(() => 0.5),
      0,
    );
    const { chosen } = choose([flat, ...many], rows);
    const optimistic = rows.reduce((sum, i) => sum + chosen.values[i]! - flat.values[i]!, 0) / rows.length;
    expect([chosen === flat, optimistic > 0.1]).toEqual([false, true]);
    const honest = crossValidate([flat, ...many], rows)!;
    expect(honest.gain).toBeLessThan(optimistic / 2);
    expect(honest.interval!.low).toBeLessThan(0);
    expect(crossValidate([flat], [0, 1])).toBeUndefined();
  });

  const halves = [rows.slice(0, 15), rows.slice(15)] as const;
  const early = setting(
    10,
    rows.map((i) => (i < 15 ? 0.9 : 0.4)),
    30,
  );
  const late = setting(
    20,
    rows.map((i) => (i < 15 ? 0.4 : 0.8)),
    60,
  );

  it('measures the candidate on the half it was not chosen on, and drops it where it loses there', () => {
    const found = recommend([base, early, late], ...halves, { measure: 'nDCG@10' });
    expect(found).toMatchObject({
      setting: { depth: 0 },
      name: 'first stage',
      candidate: { name: 'm, depth 10' },
      heldOutChoice: 'm, depth 20',
      choosing: { queries: 15, quality: expect.closeTo(0.9, 9), latency: { p50: 30, p95: 30 } },
      heldOut: { queries: 15, quality: expect.closeTo(0.4, 9), gain: expect.closeTo(-0.11, 9) },
    });
    expect(found.heldOut.interval!.high).toBeLessThan(0);
    expect(found.reason).toContain('does not hold');
  });

  it('recommends what is certain on the half it was not chosen on, or in cross-validation, and nothing else', () => {
    expect(recommend([base, good], ...halves, { measure: 'nDCG@10' }).name).toBe('m, depth 10');
    // Two gains of 0.45 to a loss of 0.4: better on both halves, and not certainly so on either.
    const mixed = setting(
      20,
      rows.map((i) => (i % 3 === 0 ? 0.1 : 0.95)),
      80,
    );
    const alike = [rows.filter((i) => i % 2 === 0), rows.filter((i) => i % 2 === 1)] as const;
    const crossed = (low: number): CrossValidation => ({
      folds: 5,
      gain: 0.02,
      interval: { low, high: 0.09 },
      p: 0.01,
      chosen: [],
    });
    const names = [undefined, crossed(-0.01), crossed(0.01)].map((crossValidation) => {
      const { name, heldOut, reason } = recommend([base, mixed], ...alike, { measure: 'nDCG@10', crossValidation });
      expect(heldOut.gain).toBeGreaterThan(0);
      expect(heldOut.interval!.low).toBeLessThan(0);
      expect(reason.includes('in cross-validation')).toBe(crossValidation !== undefined);
      return name;
    });
    expect(names).toEqual(['first stage', 'first stage', 'm, depth 20']);
    // Certain where it was chosen, and a little better where it was not: that proves nothing.
    const lucky = setting(
      20,
      rows.map((i) => (i % 2 === 0 ? 0.9 : i % 4 === 1 ? 0.95 : 0.05)),
      80,
    );
    expect(recommend([base, lucky], ...alike, { measure: 'nDCG@10' })).toMatchObject({
      name: 'first stage',
      choosing: { gain: expect.closeTo(0.39, 2) },
      heldOut: { gain: expect.closeTo(0.02, 1) },
    });
    // Certain on one half, and choosing like this loses over all queries: the half was lucky.
    const losing = recommend([base, good], ...halves, {
      measure: 'nDCG@10',
      crossValidation: { ...crossed(-0.05), gain: -0.018 },
    });
    expect(losing.name).toBe('first stage');
    expect(losing.reason).toMatch(/does not provably pay here: .* \+0\.200 .* and -0\.018 .* in cross-validation/);
    const against = { measure: 'nDCG@10', crossValidation: crossed(0.01) };
    expect(recommend([base, early, late], ...halves, against).name).toBe('first stage');
    const none = recommend([base, setting(10, [...base.values], 9)], ...halves, { measure: 'nDCG@10' });
    expect(none.reason).toContain('No setting is better than the first stage');
  });

  it('wants more than five queries held out: that all of them gain is chance once in sixteen times, whatever their interval says', () => {
    const some = (count: number): Parameters<typeof recommend> => [
      [
        setting(
          0,
          rows.slice(0, count).map(() => 0.5),
          0,
        ),
        setting(
          10,
          rows.slice(0, count).map((i) => 0.7 + i / 50),
          50,
        ),
      ],
      rows.slice(0, count).filter((i) => i % 2 === 0),
      rows.slice(0, count).filter((i) => i % 2 === 1),
      { measure: 'nDCG@10' },
    ];
    const five = recommend(...some(10));
    expect(five).toMatchObject({ name: 'first stage', heldOut: { p: 2 / 32 } });
    expect(five.heldOut.interval!.low).toBeGreaterThan(0.2);
    expect(five.reason).toMatch(
      /to \+0\.\d+, yet p = 0\.063 by the randomisation test\) on the 5 others, which may be chance/,
    );
    expect(recommend(...some(12))).toMatchObject({ name: 'm, depth 10', heldOut: { p: 2 / 64 } });
  });

  it.each([4, 8, 12, 30])('recommends noise of %i queries in at most 5 of 100 cases', (count) => {
    const numbers = rows.slice(0, count);
    const halves = [numbers.filter((i) => i % 2 === 0), numbers.filter((i) => i % 2 === 1)] as const;
    let taken = 0;
    for (let round = 0; round < 200; round++) {
      const random = seededRandom(round * 7919 + count);
      const settings = [0, 5, 10, 20].map((depth) =>
        setting(
          depth,
          numbers.map(() => random() ** 2),
          depth,
        ),
      );
      const crossValidation = crossValidate(settings, numbers);
      if (recommend(settings, ...halves, { measure: 'nDCG@10', crossValidation }).setting.depth > 0) taken++;
    }
    expect(taken).toBeLessThanOrEqual(10);
  });

  it('says so where the first stage is chosen for being near enough to the best', () => {
    const better = setting(
      10,
      [...base.values].map((value) => value + 0.003),
      9,
    );
    const found = recommend([base, better], ...halves, { measure: 'nDCG@10', budgetMs: 50 });
    expect(found).toMatchObject({ name: 'first stage', candidate: { name: 'first stage' } });
    expect(found.reason).toMatch(
      /^The first stage is within 0\.005 nDCG@10 of the best setting within 50 ms.*m, depth 10/,
    );
    expect(recommend([base, better], ...halves, { measure: 'nDCG@10', tolerance: 0.004 }).reason).toContain('0.004');
  });

  it('has on the front what is quickest by its median or by its 95th percentile', () => {
    const one = (quality: number, p50: number, p95: number) => ({ quality, latency: { p50, p95 } });
    const points = [one(0.5, 0, 0), one(0.6, 10, 90), one(0.6, 20, 40), one(0.6, 30, 95), one(0.4, 5, 5)];
    expect([...frontOf(points)]).toEqual([points[0], points[1], points[2]]);
  });

  it('finds the points that no other point beats', () => {
    const point = fc.record({ q: fc.integer({ min: 0, max: 6 }), ms: fc.integer({ min: 0, max: 6 }) });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (points) => {
        const front = paretoFront(
          points,
          ({ q }) => q,
          ({ ms }) => ms,
        );
        const beaten = (a: (typeof points)[0]): boolean =>
          points.some((b) => b.q >= a.q && b.ms <= a.ms && (b.q > a.q || b.ms < a.ms));
        const expected = new Set(points.filter((one) => !beaten(one)).map(({ q, ms }) => `${q}/${ms}`));
        expect(new Set(front.map(({ q, ms }) => `${q}/${ms}`))).toEqual(expected);
        expect(front).toHaveLength(expected.size);
      }),
    );
  });
});

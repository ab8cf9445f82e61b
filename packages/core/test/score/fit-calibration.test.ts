import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCalibration, probabilityOf, readCalibration } from '../../src/score/calibration.ts';
import { isotonic } from '../../src/maths/isotonic.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { SecondpassError } from '../../src/errors.ts';
import { drawn } from './drawn.ts';

const methods = ['platt', 'temperature', 'isotonic'] as const;

describe('fitting', () => {
  it('platt finds the curve the judgments were drawn from', () => {
    const fit = fitCalibration('platt', drawn(20_000, 0.7, -1));
    expect(fit).toMatchObject({ method: 'platt' });
    if (fit.method !== 'platt') return;
    expect(fit.slope).toBeCloseTo(0.7, 1);
    expect(fit.intercept).toBeCloseTo(-1, 1);
  });

  it('temperature finds it, too, where the intercept is 0', () => {
    const fit = fitCalibration('temperature', drawn(20_000, 0.5, 0));
    expect(fit.method === 'temperature' && Math.abs(fit.temperature - 2) < 0.1).toBe(true);
  });

  it('isotonic comes near any rising curve', () => {
    const fit = fitCalibration('isotonic', drawn(20_000, 0.7, -1));
    for (const score of [-4, -1, 0, 1, 3])
      expect(Math.abs(probabilityOf(fit, score) - sigmoid(0.7 * score - 1))).toBeLessThan(0.07);
  });

  it('platt is a stationary point of its own loss: no small change of slope or intercept is better', () => {
    const judged = drawn(60, 1, 0.5);
    const fit = fitCalibration('platt', judged);
    if (fit.method !== 'platt') throw new Error('platt');
    const positives = judged.filter(({ relevant }) => relevant).length;
    const high = (positives + 1) / (positives + 2);
    const low = 1 / (judged.length - positives + 2);
    const loss = (slope: number, intercept: number): number =>
      judged.reduce((sum, { score, relevant }) => {
        const p = sigmoid(slope * score + intercept);
        const t = relevant ? high : low;
        return sum - t * Math.log(p) - (1 - t) * Math.log(1 - p);
      }, 0);
    const best = loss(fit.slope, fit.intercept);
    for (const [ds, di] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ] as const)
      expect(loss(fit.slope + ds, fit.intercept + di)).toBeGreaterThan(best);
  });

  it.each(methods)('%s gives the same probabilities in whatever unit the scores are', (method) => {
    const judged = drawn(60, 1, method === 'platt' ? 0.5 : 0);
    const fit = fitCalibration(method, judged);
    for (const unit of [1e-300, 1e-12, 1e-8, 1e6, 1e160, 1e307]) {
      const scaled = fitCalibration(
        method,
        judged.map(({ score, relevant }) => ({ score: score * unit, relevant })),
      );
      expect(readCalibration(scaled)).toEqual(scaled);
      for (const score of [-6, -1, 0, 0.3, 2, 6])
        expect(probabilityOf(scaled, score * unit)).toBeCloseTo(probabilityOf(fit, score), 5);
    }
  });

  it('is certain of nothing after two judgments', () => {
    const fit = fitCalibration('platt', [
      { score: -3, relevant: false },
      { score: 3, relevant: true },
    ]);
    expect(probabilityOf(fit, 3)).toBeLessThan(0.7);
    expect(probabilityOf(fit, -3)).toBeGreaterThan(0.3);
  });

  it.each(methods)('%s refuses a relevance above 1, whatever stands beside it', (method) => {
    const judged = [2, 0, 0, 0].map((relevant) => ({ score: relevant, relevant }));
    expect(() => fitCalibration(method, judged)).toThrow(/Judgment 0 .* relevance 2/);
  });

  it.each(methods)(
    '%s refuses judgments of one kind, broken numbers, and scores that fall with relevance',
    (method) => {
      const codes = [
        [{ score: 1, relevant: true }],
        [],
        [
          { score: Number.NaN, relevant: true },
          { score: 1, relevant: false },
        ],
        [
          { score: 1, relevant: 2 },
          { score: 1, relevant: 0 },
        ],
        [
          { score: 1, relevant: false },
          { score: -1, relevant: true },
        ],
      ].map((judged) => {
        try {
          fitCalibration(method, judged);
          return 'fitted';
        } catch (error) {
          return SecondpassError.isInstance(error) ? error.code : 'other';
        }
      });
      expect(codes).toEqual(Array.from({ length: 5 }, () => 'invalid-argument'));
    },
  );
});

it('isotonic regression equals a slow oracle: the best non-decreasing values by min-max over blocks', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 8 }), y: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (points) => {
      const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
      const mean = (from: number, to: number): number => {
        const inside = points.filter(({ x }) => x >= xs[from]! && x <= xs[to]!);
        return inside.reduce((sum, { y }) => sum + y, 0) / inside.length;
      };
      // Fitted value at k: the largest, over starts, of the smallest mean of a block from there that contains k.
      const oracle = xs.map((_, k) =>
        Math.max(...Array.from({ length: k + 1 }, (_u, i) => Math.min(...xs.slice(k).map((_v, j) => mean(i, k + j))))),
      );
      const blocks = isotonic(points);
      const values = [...new Set(oracle.map((value) => Math.round(value * 1e9)))];
      expect(blocks.map(({ y }) => Math.round(y * 1e9))).toEqual(values);
      expect(blocks.every((block, i) => i === 0 || block.x > blocks[i - 1]!.x)).toBe(true);
    }),
  );
});

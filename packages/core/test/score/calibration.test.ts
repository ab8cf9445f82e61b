import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byScore } from '../../src/rerank/by-score.ts';
import { calibrated } from '../../src/score/calibrated.ts';
import { fitCalibration, probabilityOf, readCalibration, type JudgedScore } from '../../src/score/calibration.ts';
import { interpolate, isotonic } from '../../src/maths/isotonic.ts';
import { seededRandom } from '../../src/maths/random.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { SecondpassError } from '../../src/errors.ts';
import type { Scorer } from '../../src/types.ts';

const methods = ['platt', 'temperature', 'isotonic'] as const;

/** Scores whose true probability of relevance is sigmoid(slope * score + intercept). */
function drawn(count: number, slope: number, intercept: number): JudgedScore[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const score = (random() - 0.5) * 12;
    return { score, relevant: random() < sigmoid(slope * score + intercept) };
  });
}

const lengthScorer: Scorer = {
  name: 'length',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({
    value: { scores: candidates.map(({ content }) => (content === '' ? undefined : content.length - 3)) },
  }),
};

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

describe('calibrated()', () => {
  it.each(methods)('%s: probabilities that never fall as scores rise', (method) => {
    const calibration = fitCalibration(method, drawn(200, 0.7, -1));
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (a, b) => {
          const [pa, pb] = [probabilityOf(calibration, Math.min(a, b)), probabilityOf(calibration, Math.max(a, b))];
          expect(pa).toBeLessThanOrEqual(pb);
          expect(pa).toBeGreaterThanOrEqual(0);
          expect(pb).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('makes a threshold mean the same, keeps the logit and leaves the unscored unscored', async () => {
    const reranker = byScore(calibrated(lengthScorer, { method: 'platt', slope: 1, intercept: -2 }));
    const candidates = ['xx', '', 'xxxxxxxx', 'xxxxx'].map((content, i) => ({ id: `${i}`, content }));
    const { results } = await reranker.rerank('q', candidates);
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['2', '3', '0', '1']);
    expect(results[0]).toMatchObject({
      score: { kind: 'probability', by: 'calibrated(length)' },
      detail: { logit: 5 },
    });
    expect(results[0]!.score!.value).toBeCloseTo(sigmoid(3), 12);
    expect(results[3]!.score).toBeUndefined();
  });

  it('survives JSON and refuses what is no calibration', () => {
    for (const method of methods) {
      const fit = fitCalibration(method, drawn(50, 1, 0));
      expect(readCalibration(JSON.parse(JSON.stringify(fit)))).toEqual(fit);
    }
    const broken = [null, {}, { method: 'platt', slope: -1, intercept: 0 }, { method: 'temperature', temperature: 0 }];
    const isotonics = [
      [{ x: 1, y: 0 }],
      [
        { x: 1, y: 0.5 },
        { x: 0, y: 1 },
      ],
      [
        { x: 0, y: 1 },
        { x: 1, y: 0.5 },
      ],
      [
        { x: 0, y: 0 },
        { x: 1, y: 2 },
      ],
    ];
    isotonics.push([
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ]);
    for (const value of [...broken, ...isotonics.map((blocks) => ({ method: 'isotonic', blocks }))]) {
      expect(() => readCalibration(value)).toThrow(/No calibration/);
    }
  });

  it('is read once: blocks may stay level, and what becomes of them afterwards is nothing to it', async () => {
    const blocks = [
      { x: 0, y: 0.25 },
      { x: 1, y: 0.25 },
      { x: 2, y: 1 },
    ];
    const scorer = calibrated(lengthScorer, { method: 'isotonic', blocks });
    blocks[0]!.y = 1;
    blocks.length = 1;
    expect((await scorer.score('q', [{ id: 'a', content: 'xxx' }])).value.scores).toEqual([0.25]);
  });

  it('hands on notes, the run and what else there is to say; only logits become detail.logit', async () => {
    const notes = [{ code: 'truncated', by: 'inner', message: 'cut', ids: ['a'] }];
    const run = { by: 'inner', durationMs: 1 };
    const passage = { start: 1, end: 2 };
    const inner = (kind: 'logit' | 'similarity', pointwise: boolean): Scorer => ({
      ...lengthScorer,
      kind,
      pointwise,
      score: async () => ({ value: { scores: [2], details: [{ passage }] }, notes, run }),
    });
    const curve = { method: 'platt', slope: 1, intercept: 0 } as const;
    const ofLogits = calibrated(inner('logit', true), curve);
    const answer = await ofLogits.score('q', [{ id: 'a', content: 'x' }]);
    expect(answer).toMatchObject({ notes, run, value: { details: [{ passage, logit: 2 }] } });
    const ofSimilarity = calibrated(inner('similarity', false), curve);
    expect((await ofSimilarity.score('q', [{ id: 'a', content: 'x' }])).value.details).toEqual([{ passage }]);
    expect([ofLogits.pointwise, ofSimilarity.pointwise]).toEqual([true, false]);
  });

  it('refuses a method that there is not', () => {
    expect(() => fitCalibration('Platt' as never, drawn(50, 1, 0))).toThrow(/"Platt"; known: platt/);
  });

  it('isotonic: does not fall by a rounding error where two lines meet', () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, fc.integer({ min: 0, max: 7 })), { minLength: 4, maxLength: 12 }),
        (points) => {
          const blocks = isotonic(points.map(([x, y]) => ({ x, y: y / 7 })));
          for (const { x } of blocks) {
            const [before, at, after] = [x - 2e-15, x, x + 2e-15].map((score) => interpolate(blocks, score));
            expect([at! >= before!, after! >= at!]).toEqual([true, true]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses temperature where there are no logits', () => {
    expect(() =>
      calibrated({ ...lengthScorer, kind: 'similarity' }, { method: 'temperature', temperature: 2 }),
    ).toThrow(/similarity/);
  });
});

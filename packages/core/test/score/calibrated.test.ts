import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byScore } from '../../src/rerank/by-score.ts';
import { calibrated } from '../../src/score/calibrated.ts';
import { fitCalibration, probabilityOf, readCalibration } from '../../src/score/calibration.ts';
import { interpolate, isotonic } from '../../src/maths/isotonic.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import type { Scorer } from '../../src/types.ts';
import { drawn } from './drawn.ts';

const methods = ['platt', 'temperature', 'isotonic'] as const;

const lengthScorer: Scorer = {
  name: 'length',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({
    value: { scores: candidates.map(({ content }) => (content === '' ? undefined : content.length - 3)) },
  }),
};

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

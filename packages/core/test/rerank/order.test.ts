import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparableScore, keep, rankByScore, unplaced } from '../../src/rerank/order.ts';
import { valueAs } from '../../src/rerank/score-kind.ts';
import type { Candidate, Ranked, Score, ScoreKind } from '../../src/types.ts';

const listOf = (n: number): Candidate[] => Array.from({ length: n }, (_, i) => ({ id: `d${i}`, content: `text ${i}` }));
const scored = fc.array(fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }), { maxLength: 12 });
const by = { by: 's', kind: 'logit' } as const;
const rank = (scores: readonly (number | undefined)[]) => rankByScore(listOf(scores.length), { scores }, by);

/** The same order the slow way: take, again and again, the first candidate that no later one beats. */
function slowOrder(scores: readonly (number | undefined)[]): number[] {
  const left = scores.map((_, i) => i);
  const order: number[] = [];
  while (left.length > 0) {
    let best = 0;
    for (let i = 1; i < left.length; i++) {
      const a = scores[left[i]!];
      const b = scores[left[best]!];
      if (a !== undefined && (b === undefined || a > b)) best = i;
    }
    order.push(...left.splice(best, 1));
  }
  return order;
}

test('scores become the order that the slow way finds, ties and missing ones in input order', () => {
  fc.assert(
    fc.property(scored, (scores) => {
      expect(rank(scores).map((r) => r.originalIndex)).toEqual(slowOrder(scores));
    }),
  );
});

test('a missing score is not 0: it stands below a negative one, unplaced and without a score', () => {
  const results = rank([undefined, -5, 0]);
  expect(results.map((r) => r.candidate.id)).toEqual(['d2', 'd1', 'd0']);
  expect(results[2]).toEqual({ candidate: { id: 'd0', content: 'text 0' }, originalIndex: 0 });
  expect(results[1]).toMatchObject({ placedBy: 's', score: { value: -5, kind: 'logit', by: 's' } });
});

test('0 and -0 tie; typed arrays and holes are read as they are', () => {
  expect(rank([-0, 0, -0]).map((r) => r.originalIndex)).toEqual([0, 1, 2]);
  const floats = rankByScore(listOf(2), { scores: Float32Array.of(1, 2) }, by);
  expect(floats.map((r) => r.originalIndex)).toEqual([1, 0]);
  // oxlint-disable-next-line no-sparse-arrays
  expect(rank([, 1] as (number | undefined)[]).map((r) => r.originalIndex)).toEqual([1, 0]);
});

test('details travel with their scores', () => {
  const details = [{ logit: 1 }, undefined, { logit: 3 }];
  const results = rankByScore(listOf(3), { scores: [1, 2, undefined], details }, by);
  expect(results.map((r) => r.detail)).toEqual([undefined, { logit: 1 }, undefined]);
});

test.each([
  ['NaN', [1, Number.NaN]],
  ['infinity', [1, Number.POSITIVE_INFINITY]],
  ['a string', [1, '2']],
  ['null', [1, null]],
])('%s is no score', (_what, scores) => {
  expect(() => rank(scores as number[])).toThrow(expect.objectContaining({ code: 'invalid-score' }));
});

test('a wrong number of scores is no answer', () => {
  for (const scores of [[], [1], [1, 2, 3]]) {
    expect(() => rankByScore(listOf(2), { scores }, by)).toThrow(expect.objectContaining({ code: 'invalid-score' }));
  }
});

test('keep is a filter and a prefix: it never reorders, and keeps what has no score', () => {
  fc.assert(
    fc.property(scored, fc.integer({ min: -4, max: 4 }), fc.nat(14), (scores, value, topK) => {
      const whole = rank(scores);
      const { results, notes } = keep(whole, { topK, minScore: { kind: 'logit', value } }, 's', []);
      const expected = whole.filter(({ score }) => !score || score.value >= value).slice(0, topK);
      expect(results).toEqual(expected);
      const unscored = expected.filter(({ score }) => !score).map(({ candidate }) => candidate.id);
      expect(notes.flatMap((note) => note.ids)).toEqual(unscored);
    }),
  );
});

test('the note about unscored results speaks of results that are there', () => {
  const whole = rank([2, undefined, undefined]);
  const minScore = { kind: 'logit', value: 1 } as const;
  expect(keep(whole, { minScore, topK: 1 }, 's', []).notes).toEqual([]);
  expect(keep(whole, { minScore, topK: 2 }, 's', []).notes).toMatchObject([{ code: 'unscored', ids: ['d1'] }]);
});

test('a threshold of a kind that does not convert is an error that names the way out', () => {
  const similar: Ranked[] = rankByScore(listOf(1), { scores: [0.4] }, { by: 'cos', kind: 'similarity' });
  const run = () => keep(similar, { minScore: { kind: 'probability', value: 0.5 } }, 'cos', []);
  expect(run).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  expect(run).toThrow(/0\.4 \(similarity by cos\).*cut\(\)/);
});

test('logits and probabilities convert into each other, every other kind to itself alone', () => {
  fc.assert(
    fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (value) => {
      const probability = valueAs({ value, kind: 'logit', by: 's' }, 'probability')!;
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-value)), 12);
      expect(valueAs({ value: probability, kind: 'probability', by: 's' }, 'logit')).toBeCloseTo(value, 5);
    }),
  );
  for (const kind of ['similarity', 'retrieval', 'fused'] as const) {
    expect(valueAs({ value: 3, kind, by: 's' }, kind)).toBe(3);
    expect(valueAs({ value: 3, kind, by: 's' }, 'logit')).toBeUndefined();
  }
  expect(valueAs({ value: 1, kind: 'probability', by: 's' }, 'logit')).toBe(Number.POSITIVE_INFINITY);
});

test('a threshold is inclusive in the other kind too: what it was computed from passes it', () => {
  const logits = fc.double({ min: -800, max: 800, noNaN: true });
  const keeps = (score: Score, kind: ScoreKind, value: number): boolean =>
    keep([{ candidate: listOf(1)[0]!, originalIndex: 0, placedBy: 's', score }], { minScore: { kind, value } }, 's', [])
      .results.length === 1;
  fc.assert(
    fc.property(logits, logits, (value, other) => {
      const logit = { value, kind: 'logit', by: 's' } as const;
      const probability = { value: valueAs(logit, 'probability')!, kind: 'probability', by: 's' } as const;
      expect([keeps(probability, 'logit', value), keeps(logit, 'probability', probability.value)]).toEqual([
        true,
        true,
      ]);
      // Further apart than a probability can tell, the order is that of the logits.
      if (Math.abs(value) > 30 || Math.abs(other) > 30 || Math.abs(value - other) < 0.01) return;
      const least = valueAs({ ...logit, value: other }, 'probability')!;
      expect([keeps(probability, 'logit', other), keeps(logit, 'probability', least)]).toEqual([
        value > other,
        value > other,
      ]);
    }),
    { numRuns: 1000 },
  );
});

test('unplaced keeps objects and order and claims nothing', () => {
  const list = listOf(3);
  expect(unplaced(list)).toEqual(list.map((candidate, originalIndex) => ({ candidate, originalIndex })));
  expect(unplaced(list)[1]!.candidate).toBe(list[1]);
});

test('a score compares with that of the first result that has one, or is none', () => {
  const from = (name: string, value: number): Ranked => ({
    candidate: { id: name, content: name },
    originalIndex: 0,
    placedBy: name,
    score: { value, kind: 'probability', by: name },
  });
  const unscored: Ranked = { candidate: { id: 'x', content: 'x' }, originalIndex: 0 };
  const results = [unscored, from('model', 0.9), from('earlier', 7), from('model', 0.1)];
  const scoreOf = comparableScore(results);
  expect(results.map((result) => scoreOf(result)?.value)).toEqual([undefined, 0.9, undefined, 0.1]);
  expect([unscored].map(comparableScore([unscored]))).toEqual([undefined]);
  const asLogit: Ranked = { ...results[1]!, score: { value: 2, kind: 'logit', by: 'model' } };
  expect(comparableScore([results[1]!, asLogit])(asLogit)).toBeUndefined();
});

import {
  blend,
  byScore,
  firstStage,
  lexical,
  logisticBlend,
  type CallOptions,
  type Scorer,
  signal,
  type Usage,
} from '@secondpass/core';
import { failingScorer, scriptedScorer, testReranker, testScorer } from '@secondpass/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldBy } from '../../../../test/held-by.ts';
import { column, listOf, rounded, scoresOf } from './signal-lists.ts';

const value = fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined });
const rows = fc.array(fc.record({ a: value, b: value, c: value }), { maxLength: 8 });
const weight = fc.integer({ min: 1, max: 9 });

/** The blend the slow way: column by column, then row by row, from the definitions. */
function slowBlend(
  table: readonly Record<string, number | undefined>[],
  weights: Record<string, number>,
  normalise: 'min-max' | 'z-score' | 'none',
  missing: 'ignore' | 'lowest',
): (number | undefined)[] {
  const scaled = (name: string): { of: (row: number) => number | undefined; lowest: number } => {
    const present = table.map((row) => row[name]).filter((v) => v !== undefined);
    const [min, max] = [Math.min(...present), Math.max(...present)];
    const mean = present.reduce((sum, v) => sum + v, 0) / present.length;
    const deviation = Math.sqrt(present.reduce((sum, v) => sum + (v - mean) ** 2, 0) / present.length);
    const on = (v: number): number => {
      if (normalise === 'min-max') return max > min ? (v - min) / (max - min) : 1;
      if (normalise === 'z-score') return deviation > 0 ? (v - mean) / deviation : 0;
      return v;
    };
    const lowest = { 'min-max': 0, 'z-score': deviation > 0 ? on(min) : -1, none: min }[normalise];
    return { of: (row) => (table[row]![name] === undefined ? undefined : on(table[row]![name])), lowest: present.length > 0 ? lowest : 0 }; // prettier-ignore
  };
  return table.map((row, index) => {
    const names = Object.keys(weights).filter((name) => row[name] !== undefined || missing === 'lowest');
    if (Object.keys(weights).every((name) => row[name] === undefined)) return undefined;
    const total = names.reduce((sum, name) => sum + weights[name]!, 0);
    return (
      names.reduce((sum, name) => sum + weights[name]! * (scaled(name).of(index) ?? scaled(name).lowest), 0) / total
    );
  });
}

describe('blend', () => {
  const modes = fc.tuple(fc.constantFrom('min-max', 'z-score', 'none'), fc.constantFrom('ignore', 'lowest'));

  test('is the weighted mean of normalised scores, as the slow way finds it', () =>
    fc.assert(
      fc.asyncProperty(rows, weight, weight, modes, async (table, wa, wb, [normalise, missing]) => {
        const parts = [{ scorer: column('a'), weight: wa }, { scorer: column('b'), weight: wb }]; // prettier-ignore
        const actual = await scoresOf(blend(parts, { normalise, missing }), listOf(table));
        expect(rounded(actual)).toEqual(rounded(slowBlend(table, { a: wa, b: wb }, normalise, missing)));
      }),
    ));

  test('only the ratio of the weights matters, and the order of the parts does not', () =>
    fc.assert(
      fc.asyncProperty(rows, weight, weight, modes, async (table, wa, wb, [normalise, missing]) => {
        const list = listOf(table);
        const [a, b] = [column('a'), column('b')];
        const once = await scoresOf(blend([{ scorer: a, weight: wa }, { scorer: b, weight: wb }], { normalise, missing }), list); // prettier-ignore
        expect(rounded(await scoresOf(blend([{ scorer: b, weight: 7 * wb }, { scorer: a, weight: 7 * wa }], { normalise, missing }), list))).toEqual(rounded(once)); // prettier-ignore
      }),
    ));

  test('a part that can say nothing at all changes nothing, where the missing is ignored', () =>
    fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const list = listOf(table);
        const alone = await scoresOf(blend([{ scorer: column('a') }]), list);
        expect(
          rounded(await scoresOf(blend([{ scorer: column('a') }, { scorer: column('nobody has it') }]), list)),
        ).toEqual(rounded(alone));
      }),
    ));

  test('one part alone keeps its order and its ties', () =>
    fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('min-max', 'z-score'), async (table, normalise) => {
        const list = listOf(table);
        const order = async (scorer: Scorer) =>
          (await byScore(scorer).rerank('q', list)).results.map((r) => r.originalIndex);
        expect(await order(blend([{ scorer: column('a') }], { normalise }))).toEqual(await order(column('a')));
      }),
    ));

  test('absence is what was said of it: not 0, which min-max would make the worst', async () => {
    const list = listOf([{ a: 1, b: 5 }, { a: 0.9 }, { a: 0, b: 1 }]);
    const parts = [{ scorer: column('a') }, { scorer: column('b') }];
    expect(rounded(await scoresOf(blend(parts), list))).toEqual(rounded([1, 0.9, 0]));
    expect(rounded(await scoresOf(blend(parts, { missing: 'lowest' }), list))).toEqual(rounded([1, 0.45, 0]));
    const { notes } = await blend(parts).score('q', list);
    expect(notes).toMatchObject([
      { code: 'partly-scored', ids: ['d1'], message: expect.stringContaining('signal(b)') },
    ]);
    expect(await scoresOf(blend(parts, { normalise: 'none', missing: 'lowest' }), list)).toEqual([3, 0.95, 0.5]);
  });

  test('is pointwise only where nothing depends on the list', () => {
    const parts = [{ scorer: column('a') }];
    expect(blend(parts).pointwise).toBe(false);
    expect(blend(parts, { normalise: 'none' }).pointwise).toBe(true);
    expect(blend(parts, { normalise: 'none', missing: 'lowest' }).pointwise).toBe(false);
    expect(blend([{ scorer: lexical() }], { normalise: 'none' }).pointwise).toBe(false);
  });

  test('its parts get the deadline and the observer of the call; what they say is handed on, the same once, and what they used is summed', async () => {
    const seen: (CallOptions | undefined)[] = [];
    const part = (name: string, message: string, ids: string[], usage: Usage): Scorer => ({
      ...column(name),
      score: async (_query, candidates, options) => {
        seen.push(options);
        const notes = [{ code: 'truncated', by: name, message, ids }];
        return { value: { scores: candidates.map(() => 1) }, notes, run: { by: name, durationMs: 1, usage } };
      },
    });
    const parts = [
      part('a', 'cut', ['d0'], { pairs: 2, tokens: 5 }),
      part('b', 'cut', ['d0'], { pairs: 1 }),
      part('c', 'cut', ['d1'], {}),
      part('d', 'cut short', ['d0'], {}),
    ];
    const call = { signal: new AbortController().signal, deadline: 9e15, onEvent: () => {} };
    const answer = await blend(parts.map((scorer) => ({ scorer }))).score('q', listOf([{}, {}]), call);
    for (const { deadline, onEvent } of seen.map((options) => options!)) expect([deadline, onEvent]).toEqual([9e15, call.onEvent]); // prettier-ignore
    expect(answer.notes!.map(({ message, ids }) => [message, ids])).toEqual([
      ['cut', ['d0']],
      ['cut', ['d1']],
      ['cut short', ['d0']],
    ]);
    expect(answer.run!.usage).toEqual({ pairs: 3, tokens: 5 });
    const aborted = blend([{ scorer: parts[0]! }]).score('q', [], { signal: AbortSignal.abort('enough') });
    await expect(aborted).rejects.toBe('enough');
    expect(seen).toHaveLength(4);
  });

  test('where a part fails the others are ended; the signal of the call ends them all, and is let go of', async () => {
    const { signal: shared } = new AbortController();
    const reasons: unknown[] = [];
    const hanging: Scorer = {
      ...column('a'),
      score: (_query, _candidates, options) =>
        new Promise((_, reject) => {
          options!.signal!.addEventListener('abort', () => {
            reasons.push(options!.signal!.reason);
            reject(options!.signal!.reason as Error);
          });
        }),
    };
    const refusing = failingScorer(column('b'), new Error('overloaded'));
    const list = listOf([{ a: 1 }]);
    const refused = blend([{ scorer: hanging }, { scorer: refusing }]);
    for (const call of [undefined, { signal: shared }]) {
      await expect(refused.score('q', list, call)).rejects.toThrow('overloaded');
    }
    expect(reasons.map(String)).toEqual(['Error: overloaded', 'Error: overloaded']);
    expect(heldBy(shared)).toBe(0);
    const controller = new AbortController();
    const ended = blend([{ scorer: hanging }, { scorer: hanging }]).score('q', list, { signal: controller.signal });
    controller.abort('enough');
    await expect(ended).rejects.toBe('enough');
    expect(reasons.slice(2)).toEqual(['enough', 'enough']);
  });

  test('its name says what it is made of', () => {
    const parts = [{ scorer: column('a'), weight: 0.8 }, { scorer: column('b') }];
    expect(blend(parts).name).toBe('blend(0.8 signal(a) + 1 signal(b), min-max)');
  });

  test('a part that fails, or scores wrongly, fails the whole', async () => {
    const list = listOf([{ a: 1 }]);
    const failing = blend([{ scorer: column('a') }, { scorer: failingScorer(column('b'), new Error('gone')) }]);
    await expect(failing.score('q', list)).rejects.toThrow('gone');
    const nan = blend([{ scorer: scriptedScorer(() => Number.NaN) }]);
    await expect(nan.score('q', list)).rejects.toMatchObject({ code: 'invalid-score' });
    const short: Scorer = { ...column('a'), score: async () => ({ value: { scores: [] } }) };
    await expect(blend([{ scorer: short }]).score('q', list)).rejects.toMatchObject({ code: 'invalid-score' });
  });

  test('a part that throws at once leaves none behind that nobody waits for', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', hear);
    const throwing: Scorer = { ...column('b'), score: () => { throw new Error('at once'); } }; // prettier-ignore
    const rejecting = failingScorer(column('a'), new Error('later'));
    const parts = blend([{ scorer: rejecting }, { scorer: throwing }]);
    await expect(parts.score('q', listOf([{ a: 1 }]))).rejects.toThrow(/at once|later/);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });

  test('what is no blend is refused when it is made', () => {
    const scorer = column('a');
    const wrong: [unknown, unknown?][] = [[[]], [undefined], [[{ scorer, weight: 0 }]], [[{ scorer, wieght: 3 }]], [[{ scorer, weight: -1 }]], [[{ scorer, weight: Number.NaN }]], [[{ scorer }], { normalise: 'rank' }], [[{ scorer }], { missing: 0 }], [[{ scorer }], { normalize: 'none' }]]; // prettier-ignore
    for (const [parts, options] of wrong) {
      expect(() => blend(parts as never, options as never)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    }
  });
});

describe('they keep the laws', () => {
  const parts = [{ scorer: firstStage(), weight: 2 }, { scorer: signal('clicks') }, { scorer: lexical() }];
  const presences = [{ scorer: firstStage({ by: 'first stage' }), weight: 1, present: 0.3 }, { scorer: signal('clicks'), weight: 0.5 }]; // prettier-ignore
  testScorer('signal', signal('clicks'), { test });
  testScorer('firstStage', firstStage(), { test });
  testScorer('firstStage by name', firstStage({ by: 'first stage' }), { test });
  testScorer('lexical', lexical(), { test });
  testScorer('blend', blend(parts), { test });
  testScorer('plain blend', blend(parts.slice(1, 2), { normalise: 'none' }), { test });
  testScorer('logisticBlend', logisticBlend(presences, { intercept: 0.1 }), { test });
  testReranker('byScore(blend)', byScore(blend(parts, { missing: 'lowest' })), { test });
  testReranker('byScore(logisticBlend)', byScore(logisticBlend(presences, { intercept: 0 })), { test });
  testReranker('byScore(lexical)', byScore(lexical()), { test });
});

import { type Candidate, firstStage, lexical, logisticBlend, signal } from '@secondpass/core';
import { describe, expect, test } from 'vitest';
import { column, listOf, rounded, scoresOf } from './signal-lists.ts';

const by = (name: string, value: number) => ({ value, kind: 'retrieval', by: name }) as const;

describe('logisticBlend', () => {
  const terms = [
    { scorer: column('a'), weight: 0.7 },
    { scorer: column('b'), weight: 2, present: -0.5, saturation: 10 },
  ];
  test('is the logistic of its terms; absence has its own coefficient', async () => {
    const list = listOf([{ a: 1, b: 10 }, { a: 1, b: 0 }, { a: 1 }, { b: 30 }, {}]);
    const { value, notes } = await logisticBlend(terms, { intercept: -1 }).score('q', list);
    const logits = [-1 + 0.7 - 0.5 + 1, -1 + 0.7 - 0.5, -1 + 0.7, -1 - 0.5 + 1.5, undefined];
    expect(rounded(Array.from(value.scores))).toEqual(rounded(logits.map((logit) => (logit === undefined ? undefined : 1 / (1 + Math.exp(-logit)))))); // prettier-ignore
    expect(rounded(Array.from(value.details!, (detail) => detail?.logit))).toEqual(rounded(logits)); // prettier-ignore
    expect(notes).toMatchObject([{ ids: ['d3', 'd4'] }, { ids: ['d2', 'd4'] }]);
  });

  test('what is unscored for want of a term is not noted beside it; its pointwise scorers make it pointwise', async () => {
    const needed = logisticBlend([terms[0]!, { ...terms[1]!, absent: 'unscored' }], { intercept: 0 });
    const { value, notes } = await needed.score('q', listOf([{ a: 1, b: 1 }, { a: 1 }]));
    expect(Array.from(value.scores)).toEqual([expect.any(Number), undefined]);
    expect(notes).toEqual([]);
    const overList = logisticBlend([...terms, { scorer: lexical(), weight: 1 }], { intercept: 0 });
    expect([needed.pointwise, overList.pointwise]).toEqual([true, false]);
  });

  test('a wrong coefficient is refused, and so is a negative score under a saturation', async () => {
    const wrong = expect.objectContaining({ code: 'invalid-argument' });
    expect(() => logisticBlend([], { intercept: 0 })).toThrow(wrong);
    expect(() => logisticBlend(terms, {} as never)).toThrow(wrong);
    expect(() => logisticBlend(terms, { intercept: 0, kind: 'logits' as never })).toThrow(
      'kind is "logits"; known: logit, probability.',
    );
    for (const slip of [{ absent: 'unscord' }, { saturatoin: 3 }]) {
      expect(() => logisticBlend([{ ...terms[0]!, ...slip } as never], { intercept: 0 })).toThrow(wrong);
    }
    expect(() => logisticBlend([{ scorer: column('a'), weight: Number.NaN }], { intercept: 0 })).toThrow(wrong);
    expect(() => logisticBlend([{ ...terms[0]!, present: Infinity }], { intercept: 0 })).toThrow(wrong);
    expect(() => logisticBlend([{ scorer: column('a'), weight: 1, saturation: 0 }], { intercept: 0 })).toThrow(wrong);
    const negative = logisticBlend(terms, { intercept: 0 }).score('q', listOf([{ b: -1 }]));
    await expect(negative).rejects.toMatchObject({ code: 'invalid-score' });
  });
});

describe('signal and firstStage', () => {
  test('read own numbers only; what is absent stays absent', async () => {
    const list = listOf([{ clicks: 3 }, { clicks: 0 }, {}]);
    expect(await scoresOf(signal('clicks'), [...list, { id: 'x', content: 'x' }])).toEqual([
      3,
      0,
      undefined,
      undefined,
    ]);
    expect(await scoresOf(signal('constructor'), list)).toEqual([undefined, undefined, undefined]);
    const young = signal('age', {
      read: ({ signals }) => (signals?.['age'] === undefined ? undefined : -signals['age']),
    });
    expect(await scoresOf(young, listOf([{ age: 2 }, {}]))).toEqual([-2, undefined]);
    expect(signal('clicks').kind).toBe('fused');
    expect(() => signal('')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(() => signal('clicks', { kind: 'logits' as never })).toThrow('kind of signal() is "logits"; known: logit,');
    const alone = signal('rest', { read: ((_: unknown, ...rest: unknown[]) => rest.length) as never });
    expect(await scoresOf(alone, listOf([{}, {}]))).toEqual([0, 0]);
  });

  test('scores of different retrievers do not compare: others are left out, and said', async () => {
    const list: Candidate[] = [
      { id: 'a', content: '', score: by('bm25', 9) },
      { id: 'b', content: '', score: by('knn', 0.8) },
      { id: 'c', content: '' },
      { id: 'd', content: '', score: by('knn', 0) },
    ];
    const { value, notes } = await firstStage().score('q', list);
    expect(value.scores).toEqual([undefined, 0.8, undefined, 0]);
    expect(notes).toMatchObject([{ code: 'mixed-scores', ids: ['a'] }]);
    expect(await scoresOf(firstStage({ by: 'bm25' }), list)).toEqual([9, undefined, undefined, undefined]);
    expect(await scoresOf(firstStage(), [list[2]!])).toEqual([undefined]);
    // As many by each: whoever is met first.
    expect(await scoresOf(firstStage(), list.slice(0, 3))).toEqual([9, undefined, undefined]);
    expect([firstStage().pointwise, firstStage({ by: 'bm25' }).pointwise]).toEqual([false, true]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decomposed, rerankByParts, type Score, type Scorer, type Source } from '@secondpass/core';
import { doc, parts, wordSearch } from './fakes.ts';
import { matrix, run, table } from './table.ts';

const at = (rank: number, value?: number): Source => ({
  pool: 'p',
  rank,
  ...(value !== undefined && { score: { value, kind: 'retrieval', by: 'p' } }),
});
const score = (value: number): Score => ({ value, kind: 'logit', by: 'table' });

describe('rerankByParts', () => {
  it('keeps the laws of rerankers: every candidate once, prefixes, no mutation, [] for []', async () => {
    await fc.assert(
      fc.asyncProperty(
        matrix,
        fc.constantFrom('coverage', 'max', 'mean', 'softmax'),
        fc.nat(9),
        async (rows, combine, topK) => {
          const { results } = await run(rows, combine);
          expect(results.map(({ originalIndex }) => originalIndex).toSorted((a, b) => a - b)).toEqual(
            rows[0]!.map((_, at) => at),
          );
          const values = results.flatMap(({ score }) => (score ? [score.value] : []));
          expect(values).toEqual(values.toSorted((a, b) => b - a));
          const candidates = Object.freeze(rows[0]!.map((_, at) => Object.freeze(doc(`d${at}`))));
          const named = table(
            Object.fromEntries(rows.map((row, at) => [`q${at}`, Object.fromEntries(row.map((v, i) => [`d${i}`, v]))])),
          );
          const reranker = rerankByParts(named, { combine, questionWeight: 1 })(
            rows.slice(1).map((_, at) => ({ text: `q${at + 1}` })),
          );
          const some = await reranker.rerank('q0', candidates, { topK });
          expect(some.results.map(({ originalIndex }) => originalIndex)).toEqual(
            results.slice(0, topK).map(({ originalIndex }) => originalIndex),
          );
          expect((await reranker.rerank('q0', [])).results).toEqual([]);
        },
      ),
    );
  });

  it.each(['coverage', 'max', 'mean', 'softmax'] as const)(
    'orders by the question where no part has a say, though its weight is 0: %s',
    async (combine) => {
      const scorer = table({ whole: { a: 1, b: 3, c: 2 }, part: { a: 9, b: 0, c: 0 } });
      const made = rerankByParts(scorer, { combine, questionWeight: 0 });
      for (const none of [[], [{ text: 'part', weight: 0 }]]) {
        const { results, notes } = await made(none).rerank('whole', [doc('a'), doc('b'), doc('c')]);
        expect(results.map(({ candidate }) => candidate.id)).toEqual(['b', 'c', 'a']);
        expect(notes).toEqual([]);
      }
    },
  );

  it('counts what followed from the question itself, as hops add it, for no part that could stand in for it', async () => {
    const candidates = [doc('a'), doc('b'), doc('c')];
    const found = (part: number) =>
      part < 0 ? [] : [{ question: 'whole', sources: new Map([[candidates[0]!, at(1)]]) }];
    const scorer = table({ whole: { a: 1, b: 3, c: 2 } });
    const made = rerankByParts(scorer, { questionWeight: 0 })([{ text: 'Whole?', weight: 0.3 }], found);
    const { results, notes } = await made.rerank('whole', candidates);
    expect(results.map(({ candidate }) => candidate.id).slice(0, 2)).toContain('b');
    expect(results.every((result) => result.score)).toBe(true);
    expect(notes).toEqual([]);
  });

  it('scores each pair once, leaves placeholders out, and says which part each result answers', async () => {
    const asked: string[] = [];
    const scorer = table({ whole: { a: 1, b: 0 }, 'Where was born?': { a: -1, b: 2 } }, asked);
    const given = [
      { text: 'Whole?' },
      { text: 'Where was #1 born?', needs: [0] },
      { text: '#1', needs: [0] },
      { text: 'where was born' },
    ];
    const { results, runs } = await rerankByParts(scorer)(given).rerank('whole', [doc('a'), doc('b')]);
    expect(asked).toEqual(['whole', 'Where was born?']);
    expect(runs).toHaveLength(2);
    const b = results.find(({ candidate }) => candidate.id === 'b')!;
    expect(b).toMatchObject({ placedBy: 'by-parts(table, coverage)', score: { kind: 'fused' } });
    expect(b.detail!.parts).toEqual([score(0), score(2), undefined, score(2)]);
    expect(b.earlier).toEqual([score(0)]);
  });

  it('says once what is true of a text for every part, and each time what is true of a pair', async () => {
    const scorer: Scorer = {
      ...table({}),
      score: async (_, candidates) => {
        const ids = candidates.map(({ id }) => id);
        const said = ['truncated', 'worker-lost'].map((code) => ({ code, by: 'table', message: code, ids }));
        return { value: { scores: ids.map(() => 0) }, notes: said };
      },
    };
    const { notes } = await rerankByParts(scorer)([{ text: 'one' }, { text: 'two' }]).rerank('whole', [
      doc('a'),
      doc('b'),
    ]);
    expect(notes.map(({ code }) => code)).toEqual(['truncated', 'worker-lost', 'worker-lost', 'worker-lost']);
  });

  it('says again of a text what another says of it, and what is true of one more; runs are the scorer’s', async () => {
    const run = { by: 'table', durationMs: 1, model: 'm', usage: { pairs: 1 } };
    const said = [
      ['one', ['a']],
      ['one', ['a', 'b']],
      ['other', ['a']],
      ['other', ['a']],
    ] as const;
    let calls = 0;
    const scorer: Scorer = {
      ...table({}),
      score: async (_, candidates) => {
        const [by, ids] = said[calls++]!;
        return {
          value: { scores: candidates.map(() => 0) },
          notes: [{ code: 'truncated', by, message: 'cut', ids }],
          run,
        };
      },
    };
    const three = ['one', 'two', 'three'].map((text) => ({ text }));
    const { notes, runs } = await rerankByParts(scorer)(three).rerank('whole', [doc('a'), doc('b')]);
    expect(notes.map(({ by, ids }) => [by, ids])).toEqual(said.slice(0, 3));
    expect(runs).toEqual([run, run, run, run]);
  });

  it('notes equal ids, tells its end, and takes no threshold of another kind for met, whatever was noted', async () => {
    const late = { code: 'timed-out', by: 'table', message: 'late' };
    const scorer: Scorer = { ...table({}), score: async () => ({ value: { scores: [1, 2] }, notes: [late] }) };
    const events: string[] = [];
    const twins = [doc('a'), doc('a', 'other')];
    const call = { onEvent: ({ type }: { type: string }) => events.push(type) };
    const { notes } = await rerankByParts(scorer)([]).rerank('q', twins, call);
    expect(notes.map(({ code }) => code)).toEqual(['duplicate-id', 'timed-out']);
    expect(events).toEqual(['rerank-start', 'rerank-end']);
    const minScore = { kind: 'logit', value: 0 } as const;
    const wrong = { code: 'invalid-argument' };
    await expect(rerankByParts(scorer)([]).rerank('q', twins, { minScore })).rejects.toMatchObject(wrong);
    await expect(rerankByParts(scorer)([]).rerank(' ', twins)).rejects.toMatchObject(wrong);
  });

  it('is made by decomposed for the parts as they were asked', async () => {
    const asked: string[] = [];
    const search = wordSearch('words', { a: 'whole part', b: 'part' });
    const answerer = { name: 'answers', answer: async () => ({ value: 'Ada' }) };
    const given = parts('part', { text: 'part of #1', needs: [0] });
    const { results } = await decomposed(search, given, undefined, rerankByParts(table({}, asked)), {
      answerer,
    }).search('whole');
    // Where the answer is known, the evidence is what holds it.
    expect(asked).toEqual(['whole', 'part Ada', 'part of Ada']);
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'b']);
  });

  it('scores a part only against what was found for it, in the words that found it, unless told otherwise', async () => {
    const pairs: string[] = [];
    const scorer: Scorer = {
      ...table({}),
      score: async (query, candidates) => {
        pairs.push(...candidates.map(({ id }) => `${query as string}|${id}`));
        return { value: { scores: candidates.map(({ id }) => (`${query as string}|${id}` === 'p two|b' ? 5 : 1)) } };
      },
    };
    const [a, b, c] = [doc('a'), doc('b'), doc('c')];
    const found = (part: number) =>
      part < 0
        ? []
        : [
            { question: 'p one', sources: new Map([[a, at(1)]]) },
            {
              question: 'p two',
              sources: new Map([
                [b, at(1)],
                [a, at(2)],
              ]),
            },
          ];
    const list = [a, b, c];
    const { results } = await rerankByParts(scorer)([{ text: 'p' }], found).rerank('q', list);
    expect(pairs).toEqual(['q|a', 'q|b', 'q|c', 'p one|a', 'p two|a', 'p two|b']);
    expect(results.map(({ candidate, detail }) => [candidate.id, detail!.parts![0]?.value])).toEqual([
      ['b', 5],
      ['a', 1],
      ['c', undefined],
    ]);
    pairs.length = 0;
    await rerankByParts(scorer, { pairs: 'all' })([{ text: 'p' }], found).rerank('q', list);
    expect(pairs.slice(3)).toEqual(['p|a', 'p|b', 'p|c']);
    expect(() => rerankByParts(scorer, { pairs: 'some' as never })).toThrow(/own, all/);
  });

  it('weighs the question half, the lists a tenth, and is soft by a temperature of 1, unless told otherwise', async () => {
    const scorer = table({ q: { a: 4, b: 0 }, p: { a: 0, b: 4 } });
    const found = (part: number) => (part < 0 ? [] : [{ question: 'p', sources: new Map([[a, at(1)], [b, at(3)]]) }]); // prettier-ignore
    const [a, b] = [doc('a'), doc('b')];
    const scores = async (combine: 'mean' | 'softmax', where?: typeof found) => {
      const { results } = await rerankByParts(scorer, { combine })([{ text: 'p' }], where).rerank('q', [a, b]);
      return Object.fromEntries(results.map(({ candidate, score: placed }) => [candidate.id, placed!.value]));
    };
    const mean = { a: (0.5 * 4) / 1.5, b: 4 / 1.5 };
    const plain = await scores('mean');
    expect([plain['a'], plain['b']]).toEqual([expect.closeTo(mean.a, 12), expect.closeTo(mean.b, 12)]);
    // The range of all scores is 4: a share of 0.1 adds 4 / 9 at rank 1 and half of that at rank 3.
    const placed = await scores('mean', found);
    expect(placed['a']).toBeCloseTo(mean.a + 4 / 9 / 1.5, 12);
    expect(placed['b']).toBeCloseTo(mean.b + 4 / 18 / 1.5, 12);
    const soft = await scores('softmax');
    expect(soft['a']).toBeCloseTo((4 * 0.5 * Math.exp(4)) / (0.5 * Math.exp(4) + 1), 12);
  });

  it('passes on aborts and refuses what is no score', async () => {
    const stuck: Scorer = {
      ...table({}),
      score: (_q, _c, options) =>
        new Promise((_, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason))),
    };
    await expect(
      rerankByParts(stuck)([]).rerank('q', [doc('a')], { signal: AbortSignal.timeout(20) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    // A scorer that does not listen.
    const deaf = new AbortController();
    const late: Scorer = {
      ...table({}),
      score: async (_q, candidates) => {
        deaf.abort(new Error('enough'));
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    await expect(rerankByParts(late)([]).rerank('q', [doc('a')], { signal: deaf.signal })).rejects.toThrow('enough');
    const nan = table({ q: { a: Number.NaN } });
    await expect(rerankByParts(nan)([]).rerank('q', [doc('a')])).rejects.toMatchObject({ code: 'invalid-score' });
    expect(() => rerankByParts(nan, { combine: 'sum' as never })).toThrow(/coverage, max/);
    expect(() => rerankByParts(nan, { temperature: 0 })).toThrow(/temperature/);
    expect(() => rerankByParts(nan, { weight: 2 } as never)).toThrow(/no option "weight"/);
  });
});

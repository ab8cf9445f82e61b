import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decomposed, rerankByParts, type Score, type Scorer, type Source } from '@secondpass/core';
import { doc, parts, wordSearch } from './fakes.ts';

/** Scores from a table: per question text, per candidate id. */
const table = (
  scores: Readonly<Record<string, Readonly<Record<string, number | undefined>>>>,
  asked: string[] = [],
): Scorer => ({
  name: 'table',
  kind: 'logit',
  pointwise: true,
  score: async (query, candidates) => {
    asked.push(query as string);
    return { value: { scores: candidates.map(({ id }) => scores[query as string]?.[id]) } };
  },
});

const matrix = fc
  .record({ questions: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 8 }) })
  .chain(({ questions, count }) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(undefined)), {
        minLength: count,
        maxLength: count,
      }),
      {
        minLength: questions,
        maxLength: questions,
      },
    ),
  );

const run = async (
  rows: readonly (readonly (number | undefined)[])[],
  combine: 'coverage' | 'max' | 'mean' | 'softmax',
  temperature = 1,
) => {
  const candidates = rows[0]!.map((_, at) => doc(`d${at}`));
  const named = Object.fromEntries(
    rows.map((row, at) => [`q${at}`, Object.fromEntries(row.map((value, index) => [`d${index}`, value]))]),
  );
  const reranker = rerankByParts(table(named), { combine, temperature, questionWeight: 1 })(
    rows.slice(1).map((_, at) => ({ text: `q${at + 1}` })),
  );
  return await reranker.rerank('q0', candidates);
};
const best = (row: readonly (number | undefined)[]): number => {
  const known = row.filter((value) => value !== undefined);
  return known.length === 0 ? -1 : row.indexOf(Math.max(...known));
};

const at = (rank: number, value?: number): Source => ({
  pool: 'p',
  rank,
  ...(value !== undefined && { score: { value, kind: 'retrieval', by: 'p' } }),
});
const score = (value: number): Score => ({ value, kind: 'logit', by: 'table' });

describe('coverage', () => {
  it('law: at every k it covers as many parts as any order of the same scores can', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, fc.infiniteStream(fc.nat()), async (rows, shuffle) => {
        const order = (await run(rows, 'coverage')).results.map(({ originalIndex }) => originalIndex);
        const wanted = rows.map(best).filter((index) => index >= 0);
        const covered = (list: readonly number[], k: number): number =>
          wanted.filter((index) => list.slice(0, k).includes(index)).length;
        const others = Array.from({ length: 5 }, () =>
          order
            .map((index) => [shuffle.next().value!, index] as const)
            .toSorted((a, b) => a[0] - b[0])
            .map(([, index]) => index),
        );
        for (const other of others)
          for (let k = 0; k <= order.length; k++) expect(covered(order, k)).toBeGreaterThanOrEqual(covered(other, k));
      }),
    );
  });

  it('law: coverage at k never falls below that of the order by the question alone, or by max or mean', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const wanted = rows.map(best).filter((index) => index >= 0);
        const covered = (ranking: Awaited<ReturnType<typeof run>>, k: number): number =>
          wanted.filter((index) => ranking.results.slice(0, k).some(({ originalIndex }) => originalIndex === index))
            .length;
        const [greedy, ...plain] = [await run(rows, 'coverage'), await run(rows, 'max'), await run(rows, 'mean')];
        for (const other of plain)
          for (let k = 0; k <= rows[0]!.length; k++)
            expect(covered(greedy, k)).toBeGreaterThanOrEqual(covered(other, k));
      }),
    );
  });

  it('gives every part its best before any a second helping, the widest first', async () => {
    const { results } = await run(
      [
        [9, 8, 7, 0, 1],
        [0, 5, 4, 0, 0],
        [0, 6, 0, 0, 3],
        [0, 0, 0, 2, 1],
      ],
      'coverage',
    );
    // d1 is best for two parts, d0 for the question, d3 for the last part; then the seconds: d2 for two, d4 for two.
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d1', 'd0', 'd3', 'd2', 'd4']);
    expect(results.map(({ score }) => score!.value)).toEqual([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]);
  });

  it('puts the better score first where as many ask for it', async () => {
    const { results } = await run(
      [
        [5, 0, 0],
        [0, 0, 9],
        [0, 7, 0],
      ],
      'coverage',
    );
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d2', 'd1', 'd0']);
  });

  it('is the plain order by score without parts', async () => {
    const { results } = await run([[1, 3, undefined, 3, 2]], 'coverage');
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['d1', 'd3', 'd4', 'd0', 'd2']);
    expect(results.at(-1)).not.toHaveProperty('score');
  });
});

describe('max, mean and softmax', () => {
  const rows = [
    [4, 1, undefined],
    [0, 3, undefined],
  ];

  const scores = async (combine: 'max' | 'mean' | 'softmax', temperature?: number): Promise<(number | undefined)[]> => {
    const { results, notes } = await run([...rows, [undefined, 3, undefined]], combine, temperature);
    expect(notes).toMatchObject([{ code: 'unscored', ids: ['d2'] }]);
    return ['d0', 'd1', 'd2'].map((id) => results.find(({ candidate }) => candidate.id === id)!.score?.value);
  };

  it('combine what is known, and leave below what nobody could say', async () => {
    expect(await scores('max')).toEqual([4, 3, undefined]);
    const [a, b] = await scores('mean');
    expect([a, b]).toEqual([2, expect.closeTo(7 / 3, 12)]);
    const [soft] = await scores('softmax');
    expect(soft).toBeCloseTo((4 * Math.exp(4)) / (Math.exp(4) + 1), 12);
    expect((await scores('softmax', 1e-3))[0]).toBeCloseTo(4, 9);
    expect((await scores('softmax', 1e9))[0]).toBeCloseTo(2, 6);
  });

  it('weigh the question and the parts', async () => {
    const scorer = table({ whole: { a: 1, b: 0 }, part: { a: 0, b: 1 } });
    const order = async (questionWeight: number): Promise<string[]> => {
      const { results } = await rerankByParts(scorer, { combine: 'mean', questionWeight })([{ text: 'part' }]).rerank(
        'whole',
        [doc('a'), doc('b')],
      );
      return results.map(({ candidate }) => candidate.id);
    };
    expect(await order(2)).toEqual(['a', 'b']);
    expect(await order(0.5)).toEqual(['b', 'a']);
    expect(await order(0)).toEqual(['b', 'a']);
  });
});

describe('what the first stage said', () => {
  const list = ['a', 'b', 'c'].map((id) => doc(id));
  const scores = { q: { a: 0, b: 4, c: 10 }, p: { a: 6, b: 4, c: 10 } };
  const byPart = (part: number) =>
    part < 0
      ? []
      : [
          {
            question: 'p',
            sources: new Map([
              ['a', at(1)],
              ['b', at(3)],
              ['c', at(7)],
            ]),
          },
        ];
  const order = async (options: object): Promise<string[]> => {
    const made = rerankByParts(table(scores), { questionWeight: 0, ...options })([{ text: 'p' }], byPart);
    return (await made.rerank('q', list)).results.map(({ candidate }) => candidate.id);
  };

  it('adds its share by the place in the list of the part, and nothing at 0', async () => {
    expect(await order({ firstStage: 0 })).toEqual(['c', 'a', 'b']);
    // The range of all scores is 6 (4 to 10): at a share of 0.5, 6 for rank 1, 3 for rank 3, 2 for rank 7.
    const sums = { a: 6 + 6, b: 4 + 3, c: 10 + 2 };
    const { results } = await rerankByParts(table(scores), { questionWeight: 0, firstStage: 0.5, combine: 'max' })(
      [{ text: 'p' }],
      byPart,
    ).rerank('q', list);
    expect(Object.fromEntries(results.map(({ candidate, score: { value } = {} }) => [candidate.id, value]))).toEqual(
      sums,
    );
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'c', 'b']);
    // What it says of its score is what the scorer said.
    expect(results[0]!.detail!.parts).toEqual([score(6)]);
  });

  it('counts also where all scores are the same', async () => {
    const flat = rerankByParts(table({ p: { a: 1, b: 1, c: 1 } }), { questionWeight: 0 })([{ text: 'p' }], () => [
      {
        question: 'p',
        sources: new Map([
          ['a', at(3)],
          ['b', at(2)],
          ['c', at(1)],
        ]),
      },
    ]);
    expect((await flat.rerank('q', list)).results.map(({ candidate }) => candidate.id)).toEqual(['c', 'b', 'a']);
  });

  it('takes for a part the wording that speaks best, place and all, and for a wording the better of two lists', async () => {
    const scorer = table({ one: { a: 5, b: 5 }, two: { a: 4, b: 5 } });
    const found = (part: number) =>
      part < 0
        ? []
        : [
            {
              question: 'one',
              sources: new Map([
                ['a', at(3)],
                ['b', at(9)],
              ]),
            },
            {
              question: 'two',
              sources: new Map([
                ['a', at(1)],
                ['b', at(9)],
              ]),
            },
            { question: 'One?', sources: new Map([['b', at(1)]]) },
          ];
    const made = rerankByParts(scorer, { questionWeight: 0, firstStage: 0.5, combine: 'max' })([{ text: 'x' }], found);
    const { results } = await made.rerank('q', list.slice(0, 2));
    // a: 5 + 1/2 in the first wording, 4 + 1 in the second; b: 5 + 1, by the second list of the first wording.
    expect(results.map(({ candidate, score: { value } = {} }) => [candidate.id, value])).toEqual([
      ['b', 6],
      ['a', 5.5],
    ]);
  });

  it('is shown to the scorer as it was for the words at hand, never for others', async () => {
    const seen: string[] = [];
    const scorer: Scorer = {
      ...table({}),
      score: async (query, candidates) => {
        for (const { id, score } of candidates) seen.push(`${query as string}|${id}|${score?.value ?? '-'}`);
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    const given = list.map((candidate, index) => ({ ...candidate, score: score(index + 50), extra: index }));
    const found = (part: number) =>
      part < 0
        ? [{ question: 'q', sources: new Map([['a', at(1, 9)]]) }]
        : [
            {
              question: 'p',
              sources: new Map([
                ['b', at(1, 8)],
                ['c', at(2)],
              ]),
            },
          ];
    const { results } = await rerankByParts(scorer)([{ text: 'p' }], found).rerank('q', given);
    expect(seen).toEqual(['q|a|9', 'q|b|-', 'q|c|-', 'p|b|8', 'p|c|-']);
    expect(results.map(({ candidate }) => candidate).toSorted((x, y) => x.extra - y.extra)).toEqual(given);
    for (const [at, { candidate }] of results.entries()) expect(candidate, String(at)).toBe(given[candidate.extra]);
    seen.length = 0;
    await rerankByParts(scorer)([{ text: 'p' }]).rerank('q', given);
    expect(seen).toEqual(['q|a|50', 'q|b|51', 'q|c|52', 'p|a|-', 'p|b|-', 'p|c|-']);
  });

  it('keeps the law of coverage, at the scores with the share in them', async () => {
    const ranks = fc.array(fc.option(fc.integer({ min: 1, max: 9 })), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(matrix, fc.array(ranks, { minLength: 5, maxLength: 5 }), async (rows, places) => {
        const candidates = rows[0]!.map((_, index) => doc(`d${index}`));
        const sources = (row: number) =>
          new Map(
            places[row]!.slice(0, candidates.length).flatMap((rank, n) => (rank ? [[`d${n}`, at(rank)]] : [])) as [
              string,
              Source,
            ][],
          );
        const named = Object.fromEntries(
          rows.map((row, n) => [`q${n}`, Object.fromEntries(row.map((value, index) => [`d${index}`, value]))]),
        );
        const range = (() => {
          const all = rows.flatMap((row, n) =>
            row.filter((v, i) => v !== undefined && (n === 0 || sources(n).has(`d${i}`))),
          ) as number[];
          return Math.max(...all) > Math.min(...all) ? Math.max(...all) - Math.min(...all) : 1;
        })();
        const wanted = rows.flatMap((row, n) => {
          const sums = row.map((value, i) => {
            const rank = sources(n).get(`d${i}`)?.rank;
            if (value === undefined || (n > 0 && rank === undefined)) return -Infinity;
            return value + (rank === undefined ? 0 : range / Math.log2(1 + rank));
          });
          const top = Math.max(...sums);
          return top === -Infinity ? [] : [sums.indexOf(top)];
        });
        const reranker = rerankByParts(table(named), { questionWeight: 1, firstStage: 0.5 })(
          rows.slice(1).map((_, n) => ({ text: `q${n + 1}` })),
          (part) => [{ question: `q${part + 1}`, sources: sources(part + 1) }],
        );
        const order = (await reranker.rerank('q0', candidates)).results.map(({ originalIndex }) => originalIndex);
        // The best of every part comes before anything that is nobody's best.
        const firsts = new Set(wanted);
        expect(new Set(order.slice(0, firsts.size))).toEqual(firsts);
        const votes = (index: number): number => wanted.filter((one) => one === index).length;
        const counts = order.slice(0, firsts.size).map(votes);
        expect(counts).toEqual(counts.toSorted((x, y) => y - x));
      }),
    );
  });

  it('belongs to nobody where it is known what was found, and nothing was in these words', async () => {
    const seen: string[] = [];
    const scorer: Scorer = {
      ...table({}),
      score: async (query, candidates) => {
        for (const { score } of candidates) seen.push(`${query as string}|${score?.value ?? '-'}`);
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    const given = [{ ...doc('a'), score: score(50) }];
    await rerankByParts(scorer, { pairs: 'all' })([{ text: 'p' }], () => []).rerank('q', given);
    expect(seen).toEqual(['q|-', 'p|-']);
  });

  it('comes from the list of each question, in decomposed', async () => {
    const seen = new Set<string>();
    const scorer: Scorer = {
      ...table({}),
      score: async (query, candidates) => {
        for (const { id, score } of candidates) seen.add(`${query as string}|${id}|${score?.value ?? '-'}`);
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    // The score of `wordSearch` is the number of shared words.
    const search = wordSearch('words', { a: 'red apples and pears', b: 'pears', c: 'red red wine' });
    await decomposed(search, parts('red', 'pears'), undefined, rerankByParts(scorer)).search('apples pears');
    expect([...seen].toSorted()).toEqual([
      'apples pears|a|2',
      'apples pears|b|1',
      'apples pears|c|-',
      'pears|a|1',
      'pears|b|1',
      'red|a|1',
      'red|c|2',
    ]);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a share of %s', (firstStage) => {
    expect(() => rerankByParts(table({}), { firstStage })).toThrow(/firstStage/);
  });
});

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
    const found = (part: number) =>
      part < 0
        ? []
        : [
            { question: 'p one', sources: new Map([['a', at(1)]]) },
            {
              question: 'p two',
              sources: new Map([
                ['b', at(1)],
                ['a', at(2)],
              ]),
            },
          ];
    const list = [doc('a'), doc('b'), doc('c')];
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, decomposed, rerankByParts, type Score, type Scorer, type Source } from '@secondpass/core';
import { doc, parts, wordSearch } from './fakes.ts';
import { matrix, table } from './table.ts';

const at = (rank: number, value?: number): Source => ({
  pool: 'p',
  rank,
  ...(value !== undefined && { score: { value, kind: 'retrieval', by: 'p' } }),
});
const score = (value: number): Score => ({ value, kind: 'logit', by: 'table' });

describe('what the first stage said', () => {
  const list = ['a', 'b', 'c'].map((id) => doc(id));
  const [a, b, c] = list as [Candidate, Candidate, Candidate];
  const scores = { q: { a: 0, b: 4, c: 10 }, p: { a: 6, b: 4, c: 10 } };
  const byPart = (part: number) =>
    part < 0
      ? []
      : [
          {
            question: 'p',
            sources: new Map([
              [a, at(1)],
              [b, at(3)],
              [c, at(7)],
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
          [a, at(3)],
          [b, at(2)],
          [c, at(1)],
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
                [a, at(3)],
                [b, at(9)],
              ]),
            },
            {
              question: 'two',
              sources: new Map([
                [a, at(1)],
                [b, at(9)],
              ]),
            },
            { question: 'One?', sources: new Map([[b, at(1)]]) },
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
    const [first, second, third] = given as readonly Candidate[] as [Candidate, Candidate, Candidate];
    const found = (part: number) =>
      part < 0
        ? [{ question: 'q', sources: new Map([[first, at(1, 9)]]) }]
        : [
            {
              question: 'p',
              sources: new Map([
                [second, at(1, 8)],
                [third, at(2)],
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
            places[row]!.slice(0, candidates.length).flatMap((rank, n) =>
              rank ? [[candidates[n]!, at(rank)]] : [],
            ) as [Candidate, Source][],
          );
        const named = Object.fromEntries(
          rows.map((row, n) => [`q${n}`, Object.fromEntries(row.map((value, index) => [`d${index}`, value]))]),
        );
        const range = (() => {
          const all = rows.flatMap((row, n) =>
            row.filter((v, i) => v !== undefined && (n === 0 || sources(n).has(candidates[i]!))),
          ) as number[];
          return Math.max(...all) > Math.min(...all) ? Math.max(...all) - Math.min(...all) : 1;
        })();
        const wanted = rows.flatMap((row, n) => {
          const sums = row.map((value, i) => {
            const rank = sources(n).get(candidates[i]!)?.rank;
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rerankByParts } from '@secondpass/core';
import { doc } from './fakes.ts';
import { matrix, run, table } from './table.ts';

const best = (row: readonly (number | undefined)[]): number => {
  const known = row.filter((value) => value !== undefined);
  return known.length === 0 ? -1 : row.indexOf(Math.max(...known));
};

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

  it('takes the best of what is said of one, then input order', async () => {
    const order = async (rows: readonly (readonly number[])[]) =>
      (await run(rows, 'coverage')).results.map(({ candidate }) => candidate.id);
    // d0 and d1 are each best for two; of them d0 is said better by the first of its two.
    expect(
      await order([
        [9, 0],
        [1, 0],
        [0, 5],
        [0, 5],
      ]),
    ).toEqual(['d0', 'd1']);
    expect(
      await order([
        [0, 5],
        [5, 0],
      ]),
    ).toEqual(['d0', 'd1']);
  });

  it('a part of weight 0 asks for nothing', async () => {
    const scorer = table({ whole: { a: 1, b: 0, c: 0.5 }, part: { a: 0, b: 9, c: 1 } });
    const reranker = rerankByParts(scorer)([{ text: 'part', weight: 0 }]);
    const { results } = await reranker.rerank('whole', [doc('a'), doc('b'), doc('c')]);
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'c', 'b']);
    const best = rerankByParts(scorer, { combine: 'max' })([{ text: 'part', weight: 0 }]);
    expect((await best.rerank('whole', [doc('b'), doc('a')])).results[0]!.candidate.id).toBe('a');
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

import { describe, expect, it } from 'vitest';
import type { Encoder, TextVectors } from '../../src/models/encoder.ts';
import { lexicalShare, rareMaxSim, tokenWeights } from '../../src/score/rare-tokens.ts';
import { candidates } from '../models/tiny.ts';

describe('rare tokens', () => {
  /** An encoder of numbers: the text `1 5 5` has the tokens 0, 1, 5, 5, 0, of which 0 is special. */
  const numbers: Encoder = {
    name: 'numbers',
    run: { by: 'numbers', durationMs: 0 },
    dim: 2,
    maxLength: 99,
    specialIds: new Set([0]),
    notes: [],
    async encode(texts, _options, visit) {
      for (const [index, text] of texts.entries()) {
        const ids = Int32Array.from([0, ...text.split(' ').map(Number), 0]);
        const data = Float32Array.from([...ids].flatMap((id) => [Math.cos(id), Math.sin(id)]));
        const vectors: TextVectors = { vector: data.slice(0, 2), tokens: { data, rows: ids.length, cols: 2 }, ids, truncated: false }; // prettier-ignore
        visit(index, vectors);
      }
      return { lost: [], late: false, texts: texts.length, tokens: 0, cached: 0 };
    },
  };
  const table = { values: [9, 1, 2, 3], meanTokens: 5 };

  it('count by their rarity, and special ones as the mean of the others', () => {
    const weights = (ids: readonly number[]): number[] => [...tokenWeights(Int32Array.from(ids), new Set([0]), table)];
    expect(weights([0, 1, 3, 0])).toEqual([2, 1, 3, 2]);
    expect(weights([0, 0])).toEqual([1, 1]);
    expect(weights([0, 7])).toEqual([1, 0]);
  });

  it('weigh the best cosines of the query', async () => {
    const scorer = rareMaxSim(numbers, table, {});
    const { value } = await scorer.score('1 3', candidates(['1', '3 1']));
    // Of `1`: the special tokens and 1 find themselves, 3 finds the nearest of 0 and 1.
    expect(value.scores[0]).toBeCloseTo((2 + 1 + 3 * Math.max(Math.cos(3), Math.cos(2)) + 2) / 8, 6);
    expect(value.scores[1]).toBeCloseTo(1, 6);
  });

  it('are looked for in texts as BM25 does, as a share of the most', async () => {
    const scorer = lexicalShare(numbers, table, {});
    const { value } = await scorer.score('1 3 3', candidates(['3', '1 1 3 2 2 2 2', '2']));
    const restraint = (tokens: number): number => 1.2 * (0.25 + (0.75 * tokens) / 5);
    expect(value.scores[0]).toBeCloseTo(3 / (1 + restraint(3)) / 4, 9);
    expect(value.scores[1]).toBeCloseTo((2 / (2 + restraint(9)) + 3 / (1 + restraint(9))) / 4, 9);
    expect(value.scores[2]).toBe(0);
    expect((await scorer.score('7', candidates(['7']))).value.scores[0]).toBe(0);
  });
});

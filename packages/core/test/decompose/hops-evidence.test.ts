import { describe, expect, it } from 'vitest';
import {
  byScore,
  decomposeByRules,
  inputOrder,
  interleave,
  rerankByParts,
  searchByHops,
  type Fusion,
  type PartsReranker,
  type Scorer,
  type SubQuestion,
} from '@secondpass/core';
import type { FoundFor } from '../../src/decompose/found-for.ts';
import { parts, wordSearch } from './fakes.ts';
import { family, question, scoring } from './hop-fixtures.ts';

describe('what searchByHops hands on', () => {
  it('scores the evidence of an answered part with its answer', async () => {
    const asked: string[] = [];
    const answerer = { name: 'reader', answer: async () => ({ value: 'Natalie Wood' }) };
    await searchByHops(
      wordSearch('words', family),
      decomposeByRules(),
      undefined,
      rerankByParts(scoring(() => 0.5, asked)),
      { answerer },
    ).search(question);
    expect(asked).toContain('Which actress played Susan Walker in Miracle on 34th Street? Natalie Wood');
    expect(asked).toContain('Who is the sister of Natalie Wood?');
  });

  it('gives each part to the reranker with the words that found its evidence', async () => {
    const pairs = new Set<string>();
    const scorer: Scorer = {
      name: 'listener',
      kind: 'logit',
      pointwise: true,
      score: async (query, candidates) => {
        for (const { id } of candidates) pairs.add(`${query as string}|${id}`);
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    await searchByHops(wordSearch('words', family), decomposeByRules(), undefined, rerankByParts(scorer)).search(
      question,
    );
    expect(pairs).toContain('Who is the sister of Natalie Wood?|wood');
    expect([...pairs].some((pair) => pair.includes('#'))).toBe(false);
    const plain = await searchByHops(
      wordSearch('words', family),
      decomposeByRules(),
      undefined,
      byScore(scorer),
    ).search(question, { topK: 2 });
    expect(plain.results).toHaveLength(2);
  });

  it('tells the reranker what is a part, what a guess and what followed, and where each was found', async () => {
    let sides: readonly SubQuestion[] = [];
    let found: FoundFor | undefined;
    const listening: PartsReranker = (given, where) => {
      [sides, found] = [given, where];
      return inputOrder;
    };
    await searchByHops(wordSearch('words', family), decomposeByRules(), undefined, listening).search(question);
    expect(sides.map(({ text, weight }) => [text, weight])).toEqual([
      ['Which actress played Susan Walker in Miracle on 34th Street?', undefined],
      ['Who is the sister of #1?', 0.4],
      [question, 0.3],
    ]);
    const words = (part: number): string[] => found!(part).map((list) => list.question);
    expect(words(-1)).toEqual([question]);
    expect(words(0)).toEqual([sides[0]!.text]);
    expect(words(1)).toContain('Who is the sister of Natalie Wood?');
    expect(words(2).length).toBeGreaterThan(0);
    expect(words(2).every((text) => text.startsWith(`${question} `))).toBe(true);
    // Ranks and scores are those of the list.
    const [own] = found!(0);
    const list = await wordSearch('words', family).retrieve(sides[0]!.text);
    expect([...own!.sources].toSorted((a, b) => a[1].rank - b[1].rank).map(([{ id }]) => id)).toEqual(
      list.map(({ id }) => id),
    );
    expect([...own!.sources.values()].map(({ score }) => score!.by)).toContain('words');
    const weighted = parts({ text: 'Susan Walker', weight: 2 }, { text: 'sister of #1', needs: [0], weight: 2 });
    await searchByHops(wordSearch('words', family), weighted, undefined, listening).search(question);
    expect(sides.map(({ weight }) => weight)).toEqual([2, 0.8, 0.3]);
  });

  it('gives a part its whole weight where it was asked with an answer, and not with guesses', async () => {
    let sides: readonly SubQuestion[] = [];
    const listening: PartsReranker = (given) => {
      sides = given;
      return inputOrder;
    };
    const chain = parts('Susan Walker', { text: 'sister of #1', needs: [0], weight: 2 });
    for (const [value, weight] of [
      ['Natalie Wood', 2],
      [undefined, 0.8],
    ] as const) {
      const answerer = { name: 'reader', answer: async () => ({ value }) };
      await searchByHops(wordSearch('words', family), chain, undefined, listening, { answerer }).search(question);
      expect(sides[1]!.weight).toBe(weight);
    }
  });

  it('hands all that was found for a part to the fusion as one group, and what followed as another', async () => {
    let groups: (string | undefined)[] = [];
    const listening: Fusion = {
      name: 'listening',
      fuse: (pools, options) => {
        groups = pools.map(({ question: group }) => group);
        return interleave().fuse(pools, options);
      },
    };
    let wordings: readonly string[] = [];
    const reranker: PartsReranker = (_, found) => {
      wordings = found(1).map((list) => list.question);
      return inputOrder;
    };
    const cast = {
      film: 'The film starred Ada Swan. Later Bea Crow starred in it too.',
      ada: 'Ada Swan has a sister.',
      bea: 'Bea Crow has no sister.',
    };
    const chain = parts('who starred in the film?', { text: 'sister of #1', needs: [0] });
    const { notes } = await searchByHops(wordSearch('words', cast), chain, listening, reranker).search('whose sister?');
    expect(new Set(groups)).toEqual(
      new Set(['whose sister?', 'who starred in the film?', 'sister of #1', 'whose sister? …']),
    );
    expect(groups.filter((group) => group === 'sister of #1').length).toBe(wordings.length);
    expect(wordings.length).toBeGreaterThan(1);
    expect(notes).toEqual([]);
  });
});

import { describe, expect, it, test } from 'vitest';
import {
  byScore,
  coverQuestions,
  decomposeByRules,
  decomposed,
  decomposedOptions,
  inputOrder,
  reciprocalRank,
  type Reranker,
  type Scorer,
} from '@secondpass/core';
import { dead, hanging, parts, wordSearch } from './fakes.ts';

const library = {
  ada: 'Ada Lovelace was a mathematician, born in 1815.',
  babbage: 'Charles Babbage was an engineer, born in 1791.',
  who: 'Who is older or who is younger is a question.',
  tea: 'Tea is hot.',
};
const shortest: Scorer = {
  name: 'shortest',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({
    value: { scores: candidates.map(({ content }) => -(content as string).length) },
  }),
};

test('the words of the adapters are those of decomposed', () => {
  const said = { depth: 4, maxQueries: 3, poolLimit: 2, retrievalTimeoutMs: 5 };
  expect(decomposedOptions(said)).toEqual({ depthPerPart: 4, maxQueries: 3, poolLimit: 2, timeoutMs: 5 });
  expect(decomposedOptions({})).toEqual({ depthPerPart: Number.MAX_SAFE_INTEGER });
});

describe('decomposed', () => {
  it('decomposes, asks, fuses and reranks in one call, and tells all of it', async () => {
    const search = wordSearch('words', library);
    const searcher = decomposed(search, decomposeByRules(), coverQuestions(), byScore(shortest));
    const {
      results,
      parts: asked,
      notes,
      runs,
    } = await searcher.search('Who is older, Ada Lovelace or Charles Babbage?');
    expect(asked.map(({ text }) => text)).toEqual(['How old is Ada Lovelace?', 'How old is Charles Babbage?']);
    expect(search.asked).toEqual(['Who is older, Ada Lovelace or Charles Babbage?', ...asked.map(({ text }) => text)]);
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['tea', 'who', 'babbage', 'ada']);
    const ada = results.find(({ candidate }) => candidate.id === 'ada')!;
    expect(ada.candidate.sources.map(({ pool }) => pool)).toEqual(['words', 'words #1']);
    expect(ada.candidate.origin.content).toBe(library.ada);
    expect(ada.score).toMatchObject({ kind: 'logit', by: 'shortest' });
    expect(notes).toEqual([]);
    expect(runs.map(({ by }) => by)).toEqual([
      'rules(en)',
      'words',
      'words',
      'words',
      'cover-questions(rrf(60))',
      'shortest',
    ]);
    expect(searcher.name).toBe('decomposed(rules(en), words, cover-questions(rrf(60)), shortest)');
  });

  it('keeps the fused order without a reranker, each part represented', async () => {
    const searcher = decomposed(wordSearch('words', library), parts('Lovelace', 'Babbage'));
    const { results } = await searcher.search('tea', { topK: 3 });
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['tea', 'ada', 'babbage']);
    expect(results[0]!.candidate.score).toEqual({ value: 1, kind: 'fused', by: 'cover-questions(rrf(60))' });
    expect(results[0]!.placedBy).toBeUndefined();
  });

  it('applies topK and minScore once, at the end, and poolLimit before the reranker', async () => {
    const given: number[] = [];
    const counting: Scorer = {
      ...shortest,
      score: (query, candidates) => (given.push(candidates.length), shortest.score(query, candidates)),
    };
    const searcher = decomposed(
      wordSearch('words', library),
      parts('Lovelace born'),
      reciprocalRank(),
      byScore(counting),
      { poolLimit: 2 },
    );
    const { results } = await searcher.search('is', { topK: 1 });
    expect(given).toEqual([2]);
    expect(results).toHaveLength(1);
    const kept = await searcher.search('is', { minScore: { kind: 'logit', value: -45 } });
    expect(kept.results.map(({ candidate }) => candidate.id)).toEqual(['who']);
  });

  it('makes the reranker for the parts at hand', async () => {
    let given: readonly unknown[] = [];
    const searcher = decomposed(
      wordSearch('words', library),
      parts('Lovelace', 'lovelace?', 'Babbage'),
      undefined,
      (list) => {
        given = list;
        return byScore(shortest);
      },
    );
    await searcher.search('tea');
    expect(given).toEqual([{ text: 'Lovelace' }, { text: 'Babbage' }]);
  });

  it('goes on without parts, with a note, when the decomposer fails, hangs out of time or answers nonsense', async () => {
    for (const decompose of [
      async () => {
        throw new Error('model not loaded');
      },
      async () => ({ value: 'Lovelace' as never }),
    ]) {
      const searcher = decomposed(wordSearch('words', library), { name: 'broken', decompose });
      const { results, notes, parts: none } = await searcher.search('tea');
      expect(none).toEqual([]);
      expect(results).toHaveLength(1);
      expect(notes).toMatchObject([{ code: 'fell-back', by: 'broken' }]);
    }
  });

  it('waits for a decomposer as long as it takes, where there is no deadline or a far one', async () => {
    const slow = {
      name: 'slow',
      decompose: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { value: [{ text: 'Lovelace' }] };
      },
    };
    const searcher = decomposed(wordSearch('words', library), slow);
    for (const deadline of [undefined, Number.MAX_SAFE_INTEGER]) {
      const { parts: asked, notes } = await searcher.search('tea', { deadline });
      expect([asked, notes]).toEqual([[{ text: 'Lovelace' }], []]);
    }
  });

  it('hands the call on to the reranker, and begins nothing under an aborted signal', async () => {
    const seen: unknown[] = [];
    const reranker: Reranker = {
      name: 'spy',
      rerank: (query, candidates, options) => (seen.push(options), inputOrder.rerank(query, candidates)),
    };
    const call = { topK: 1, signal: new AbortController().signal, deadline: 9e15, onEvent: () => {} };
    await decomposed(wordSearch('words', library), parts(), undefined, reranker).search('tea', call);
    expect(seen).toEqual([call]);
    let begun = false;
    const stuck = { name: 'stuck', decompose: () => ((begun = true), new Promise<never>(() => {})) };
    const aborted = decomposed(hanging, stuck).search('tea', { signal: AbortSignal.abort('enough') });
    await expect(aborted).rejects.toBe('enough');
    expect(begun).toBe(false);
  });

  it('passes one signal and one deadline to all', async () => {
    const searcher = decomposed([hanging, wordSearch('words', library)], parts('Lovelace'));
    const { notes } = await searcher.search('tea', { deadline: Date.now() + 50 });
    expect(notes).toMatchObject([{ code: 'retriever-failed', by: 'hanging' }]);
    const stuck = decomposed(hanging, { name: 'stuck', decompose: () => new Promise(() => {}) });
    await expect(stuck.search('tea', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(decomposed(dead, parts()).search('tea')).rejects.toMatchObject({ code: 'failed' });
  });

  it('merges by the key it is given', async () => {
    const [a, b] = [wordSearch('a', { 'a/1': 'Tea is hot.' }), wordSearch('b', { 'b-1': 'Tea is hot.' })];
    const byId = await decomposed([a, b], parts()).search('tea');
    expect(byId.results).toHaveLength(2);
    expect(byId.notes).toMatchObject([{ code: 'no-overlap' }]);
    const byText = await decomposed([a, b], parts(), undefined, undefined, { key: 'content' }).search('tea');
    expect(byText.results.map(({ candidate }) => candidate.sources.map(({ pool }) => pool))).toEqual([['a', 'b']]);
  });

  it('refuses misuse at once', async () => {
    const search = wordSearch('words', library);
    expect(() => decomposed(search, parts(), undefined, undefined, { depth: 3 } as never)).toThrow(/no option "depth"/);
    expect(() => decomposed([], parts())).toThrow(/no retriever/);
    expect(() => decomposed(search, parts(), undefined, undefined, { poolLimit: 0 })).toThrow(/poolLimit/);
    await expect(decomposed(search, parts()).search('')).rejects.toThrow('The query given to search() is empty');
    await expect(decomposed(search, parts()).search('q', { topK: -1 })).rejects.toThrow('topK is -1');
    expect(search.asked).toEqual([]);
    await expect(decomposed(search, parts()).search('q', { topN: 1 } as never)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

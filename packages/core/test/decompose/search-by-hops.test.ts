import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byScore,
  decomposeByRules,
  rerankByParts,
  searchByHops,
  type Candidate,
  type Retriever,
  type Scorer,
} from '@secondpass/core';
import { guessAnswers } from '../../src/decompose/hops/guess-answers.ts';
import { namesIn } from '../../src/decompose/hops/names-in.ts';
import { rarityAmong } from '../../src/decompose/hops/words.ts';
import { dead, doc, hanging, parts, wordSearch } from './fakes.ts';

const library = {
  film: 'Miracle on 34th Street\nMiracle on 34th Street is a film. Natalie Wood played Susan Walker.',
  street: 'Susan Street\nSusan Street is a street in Miracle, where a person walked.',
  wood: 'Natalie Wood\nNatalie Wood was an actress. Her sister is Lana Wood.',
  lana: 'Lana Wood\nLana Wood is an actress and a sibling.',
  noise: 'Actresses\nAn actress is a person who plays.',
};
const question = 'Who is the sister of the actress who played Susan Walker in Miracle on 34th Street?';

describe('searchByHops', () => {
  it('asks what hangs on an answer with the names that the evidence gives', async () => {
    const search = wordSearch('words', library);
    const { results, parts: asked, hops, notes } = await searchByHops(search, decomposeByRules()).search(question);
    expect(asked.map(({ text }) => text)).toEqual([
      'Which actress played Susan Walker in Miracle on 34th Street?',
      'Who is the sister of #1?',
    ]);
    expect(search.asked.slice(0, 2)).toEqual([question, asked[0]!.text]);
    expect(search.asked).toContain('Who is the sister of Natalie Wood?');
    const hop = hops!.find(({ query }) => query === 'Who is the sister of Natalie Wood?')!;
    expect(hop.because).toBe('Natalie Wood played Susan Walker.');
    expect(hops!.map(({ query }) => query).toSorted()).toEqual(search.asked.toSorted());
    expect(hops!.reduce((sum, { found }) => sum + found, 0)).toBe(results.length);
    const wood = results.find(({ candidate }) => candidate.id === 'wood')!;
    expect(wood.candidate.sources.some(({ pool }) => pool.startsWith('words #2.'))).toBe(true);
    expect(notes).toEqual([]);
  });

  it('is a plain decomposed search with 0 hops, and says which parts stayed unasked', async () => {
    const search = wordSearch('words', library);
    const { notes } = await searchByHops(search, decomposeByRules(), undefined, undefined, { hops: 0 }).search(
      question,
    );
    expect(search.asked).toHaveLength(2);
    expect(notes).toMatchObject([{ code: 'part-dropped' }]);
    expect(notes[0]!.message).toContain('Who is the sister of #1?');
  });

  it('follows the question itself where there are no parts', async () => {
    const search = wordSearch('words', library);
    await searchByHops(search, parts(), undefined, undefined, { guesses: 1, passages: 1 }).search(
      'Who played Susan Walker?',
    );
    expect(search.asked).toEqual(['Who played Susan Walker?', 'Who played Susan Walker? Natalie Wood']);
  });

  it('never asks more than its budget, nor the same twice, whatever the parts', async () => {
    const part = fc.record({
      text: fc.constantFrom('Susan Walker', 'sister of #1', 'sister of #2', 'Natalie', 'a #3'),
      needs: fc.array(fc.nat(3), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(4),
        async (list, maxQueries, hops) => {
          const search = wordSearch('words', library);
          const { results } = await searchByHops(search, parts(...list), undefined, undefined, {
            maxQueries,
            hops,
          }).search(question);
          expect(search.asked.length).toBeLessThanOrEqual(maxQueries);
          expect(new Set(search.asked).size).toBe(search.asked.length);
          expect(new Set(results.map(({ candidate }) => candidate.id)).size).toBe(results.length);
        },
      ),
    );
  });

  it('stops when nothing new is found', async () => {
    const search = wordSearch('words', { only: library.film });
    const chain = parts('Susan Walker', { text: 'sister of #1', needs: [0] }, { text: 'mother of #2', needs: [1] });
    const { hops, notes } = await searchByHops(search, chain, undefined, undefined, { hops: 9 }).search(question);
    expect(hops!.slice(2).every(({ found }) => found === 0)).toBe(true);
    expect(search.asked.some((text) => text.startsWith('mother'))).toBe(false);
    expect(notes).toMatchObject([{ code: 'part-dropped' }]);
  });

  it('takes the answer of an answerer in place of guesses, and guesses where it knows none', async () => {
    const answerer = (value: string | undefined) => ({ name: 'reader', answer: async () => ({ value }) });
    const told = wordSearch('words', library);
    await searchByHops(told, decomposeByRules(), undefined, undefined, { answerer: answerer('Natalie Wood') }).search(
      question,
    );
    expect(told.asked.filter((text) => text.startsWith('Who is the sister of') && !text.includes('actress'))).toEqual([
      'Who is the sister of Natalie Wood?',
    ]);
    const mute = wordSearch('words', library);
    await searchByHops(mute, decomposeByRules(), undefined, undefined, { answerer: answerer(undefined) }).search(
      question,
    );
    expect(mute.asked).toContain('Who is the sister of Natalie Wood?');
  });

  it('goes on without an answerer that fails, with a note', async () => {
    const broken = { name: 'broken', answer: () => Promise.reject(new Error('no tokens left')) };
    const search = wordSearch('words', library);
    const { notes } = await searchByHops(search, decomposeByRules(), undefined, undefined, { answerer: broken }).search(
      question,
    );
    expect(notes).toMatchObject([{ code: 'unanswered', by: 'broken' }]);
    expect(search.asked).toContain('Who is the sister of Natalie Wood?');
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
    await searchByHops(wordSearch('words', library), decomposeByRules(), undefined, rerankByParts(scorer)).search(
      question,
    );
    expect(pairs).toContain('Who is the sister of Natalie Wood?|wood');
    expect([...pairs].some((pair) => pair.includes('#'))).toBe(false);
    const plain = await searchByHops(
      wordSearch('words', library),
      decomposeByRules(),
      undefined,
      byScore(scorer),
    ).search(question, { topK: 2 });
    expect(plain.results).toHaveLength(2);
  });

  it('survives a dead and a hanging retriever, and is an error when nothing answers', async () => {
    const { notes, results } = await searchByHops([dead, wordSearch('words', library)], decomposeByRules()).search(
      question,
    );
    expect(notes).toMatchObject([{ code: 'retriever-failed', by: 'dead' }]);
    expect(results.length).toBeGreaterThan(1);
    await expect(searchByHops(dead, decomposeByRules()).search(question)).rejects.toMatchObject({ code: 'failed' });
    await expect(
      searchByHops(hanging, decomposeByRules()).search(question, { deadline: Date.now() + 30 }),
    ).rejects.toMatchObject({ code: 'timed-out' });
    const stopped = searchByHops(hanging, decomposeByRules()).search(question, { signal: AbortSignal.timeout(20) });
    await expect(stopped).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends at the deadline with what it has', async () => {
    let calls = 0;
    const first: Retriever = {
      name: 'first',
      retrieve: async () => (++calls <= 2 ? [doc('film', library.film)] : new Promise<Candidate[]>(() => {})),
    };
    const { results, notes } = await searchByHops(first, decomposeByRules()).search(question, {
      deadline: Date.now() + 80,
    });
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['film']);
    expect(notes.map(({ code }) => code)).toContain('retriever-failed');
  });

  it('refuses misuse', () => {
    const search = wordSearch('words', library);
    for (const options of [{ hops: -1 }, { guesses: 0 }, { passages: 0 }, { depth: 3 }, { maxQueries: 0 }]) {
      expect(() => searchByHops(search, parts(), undefined, undefined, options as never)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    }
  });
});

describe('guesses', () => {
  it('are names in the sentences that share rare words with the question, and titles', () => {
    const rarity = rarityAmong(Object.values(library));
    const passages = [doc('film', library.film), doc('street', library.street)];
    const guesses = guessAnswers(
      'Which actress played Susan Walker?',
      'Who is the sister of that actress?',
      passages,
      rarity,
      3,
    );
    expect(guesses.map(({ text }) => text)).toEqual(['Natalie Wood', 'Miracle on 34th Street', 'Susan Street']);
    expect(guesses[0]!.because).toBe('Natalie Wood played Susan Walker.');
  });

  it('are never names that the question holds', () => {
    const rarity = rarityAmong([]);
    expect(guessAnswers('Natalie Wood', 'Lana', [doc('x', 'Natalie met Lana Wood.')], rarity, 5)).toEqual([]);
  });

  it.each([
    ['Natalie Wood met Lana.', ['Natalie Wood', 'Lana']],
    ["The Lord of the Rings, by Tolkien's son", ['Lord of the Rings', 'Tolkien']],
    ['In 1990 She went to Stanley, North Dakota.', ['Stanley', 'North Dakota']],
    ['nothing here', []],
  ])('read names from "%s"', (text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  it('take no time over 100,000 characters', () => {
    const started = performance.now();
    for (const piece of ['A', 'A ', 'A of ', 'Aa of the ', ' ', '. A', "A'", 'A.']) {
      const text = piece.repeat(100_000 / piece.length);
      namesIn(text);
      guessAnswers('q', 'q', [doc('x', text)], rarityAmong([]), 3);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

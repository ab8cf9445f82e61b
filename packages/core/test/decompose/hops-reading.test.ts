import { describe, expect, it } from 'vitest';
import { decomposeByRules, searchByHops, type Scorer, type SubQuestion } from '@secondpass/core';
import { parts, wordSearch } from './fakes.ts';
import { family, question, scoring } from './hop-fixtures.ts';

describe('searchByHops with a scorer', () => {
  it('reads the passages and the sentences that a scorer prefers', async () => {
    const search = wordSearch('words', family);
    const scorer = scoring((_, text) => (text.startsWith('Lana') ? 0.9 : text.endsWith('Lana Wood.') ? 0.8 : 0.1));
    const options = { scorer, guesses: 1, passages: 1 };
    const { hops, notes } = await searchByHops(search, parts(), undefined, undefined, options).search(
      'Which actress played Susan Walker?',
    );
    // By shared words it would be the film and Natalie Wood.
    expect(hops![1]).toMatchObject({ query: 'Which actress played Susan Walker? Lana Wood', because: 'Lana Wood' });
    expect(new Set(notes.map(({ code }) => code))).toEqual(new Set(['heard']));
    const second = wordSearch('words', family);
    const twice = { scorer: scoring((_, text) => (/Her sister/.test(text) ? 0.9 : 0.1)), guesses: 1, passages: 1 };
    const found = await searchByHops(second, parts(), undefined, undefined, twice).search('Who is an actress?');
    expect(found.hops![1]).toMatchObject({ query: 'Who is an actress? Natalie Wood', because: 'Natalie Wood' });
    expect(found.hops).toHaveLength(2);
  });

  it('shows a scorer each sentence under its title', async () => {
    const seen: string[] = [];
    const scorer = scoring((_, text) => (seen.push(text), 0.5));
    const search = wordSearch('words', { wood: family.wood });
    await searchByHops(search, parts(), undefined, undefined, { scorer }).search('Who was an actress?');
    expect(seen.slice(1, 3)).toEqual([
      'Natalie Wood\nNatalie Wood was an actress.',
      'Natalie Wood\nHer sister is Lana Wood.',
    ]);
  });

  it('reads no more passages than it is told, and looks through ten for them', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 15 }, (_, n) => [`d${n}`, `Who played it? It was ${'x'.repeat(n)} Person${n}.`]),
    );
    const seen = new Set<string>();
    // The best passage is the third; a sentence of the fifth would be better still, but it is not read.
    const scorer = scoring((_, text, id) => {
      if (!id.includes('\n')) seen.add(id);
      if (text === many['d2']) return 0.9;
      return text.endsWith('Person4.') && text !== many['d4'] ? 0.99 : 0.1;
    });
    const options = { scorer, passages: 1, guesses: 1 };
    const { hops } = await searchByHops(wordSearch('words', many), parts(), undefined, undefined, options).search(
      'Who played it?',
    );
    expect(hops![1]!.query).toBe('Who played it? Person2');
    expect(seen.size).toBe(10);
  });

  it('keeps what a scorer could not score behind what it could', async () => {
    const search = wordSearch('words', family);
    const scorer: Scorer = {
      ...scoring((_, text) => (text.includes('Susan Street') ? -9 : undefined)),
      kind: 'logit',
    };
    const { hops } = await searchByHops(search, parts(), undefined, undefined, { scorer, guesses: 1 }).search(
      'Who played Walker in a street?',
    );
    expect(hops![1]!.query).toBe('Who played Walker in a street? Susan Street');
  });

  it('goes on by shared words where the scorer fails, with one note, but not where the caller aborts', async () => {
    const broken: Scorer = { ...scoring(() => 1), score: () => Promise.reject(new Error('out of memory')) };
    const search = wordSearch('words', family);
    const { notes } = await searchByHops(search, decomposeByRules(), undefined, undefined, { scorer: broken }).search(
      question,
    );
    expect(notes).toMatchObject([{ code: 'fell-back', by: 'told' }]);
    expect(search.asked).toContain('Who is the sister of Natalie Wood?');
    const nan = await searchByHops(wordSearch('words', family), parts(), undefined, undefined, {
      scorer: scoring(() => Number.NaN),
    }).search(question);
    expect(nan.notes.map(({ code }) => code)).toEqual(['fell-back']);
    const stuck: Scorer = { ...scoring(() => 1), score: () => new Promise(() => {}) };
    await expect(
      searchByHops(wordSearch('words', family), parts(), undefined, undefined, { scorer: stuck }).search(question, {
        signal: AbortSignal.timeout(20),
      }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    const late = await searchByHops(wordSearch('words', family), parts(), undefined, undefined, {
      scorer: stuck,
    }).search(question, { deadline: Date.now() + 40 });
    expect(late.notes.map(({ code }) => code)).toContain('fell-back');
    expect(late.results.length).toBeGreaterThan(0);
  });

  it('does not go on once every part has evidence that is likely enough', async () => {
    const hopsWith = async (enough: number | undefined, probability: number, ...list: (string | SubQuestion)[]) => {
      const scorer = scoring((_, text) => (text === family.film ? probability : 0.01));
      const search = wordSearch('words', family);
      const { hops } = await searchByHops(search, parts(...list), undefined, undefined, { scorer, enough }).search(
        'Who played Susan Walker?',
      );
      return hops!.length;
    };
    expect(await hopsWith(0.9, 0.9)).toBe(1);
    expect(await hopsWith(0.91, 0.9)).toBeGreaterThan(1);
    expect(await hopsWith(undefined, 1)).toBeGreaterThan(1);
    expect(await hopsWith(0.9, 0.9, 'Susan played in Miracle')).toBe(2);
    // One part has none, or was not asked yet.
    expect(await hopsWith(0.9, 0.9, 'Susan played in Miracle', 'sibling')).toBeGreaterThan(3);
    expect(await hopsWith(0.9, 0.9, 'Susan Walker', { text: 'sister of #1', needs: [0] })).toBeGreaterThan(2);
    // Logits are turned into probabilities.
    const logits: Scorer = { ...scoring(() => 2), kind: 'logit' };
    const by = async (enough: number): Promise<number> =>
      (
        await searchByHops(wordSearch('words', family), parts(), undefined, undefined, {
          scorer: logits,
          enough,
        }).search(question)
      ).hops!.length;
    expect(await by(0.88)).toBe(1);
    expect(await by(0.89)).toBeGreaterThan(1);
  });

  it('scores no pair twice while it reads', async () => {
    const asked = new Map<string, number>();
    const scorer = scoring((query, _, id) => {
      const pair = `${query}|${id}`;
      asked.set(pair, (asked.get(pair) ?? 0) + 1);
      return 0.5;
    });
    const both = [wordSearch('words', family), wordSearch('others', family)];
    await searchByHops(both, decomposeByRules(), undefined, undefined, { scorer, enough: 0.9 }).search(question);
    expect(Math.max(...asked.values())).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import {
  decomposeByRules,
  searchByHops,
  type Candidate,
  type Content,
  type Retriever,
  type Scorer,
} from '@secondpass/core';
import { dead, doc, hanging, parts, wordSearch } from './fakes.ts';
import { family, question, scoring } from './hop-fixtures.ts';

describe('searchByHops', () => {
  it('asks what hangs on an answer with the names that the evidence gives', async () => {
    const search = wordSearch('words', family);
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
    const search = wordSearch('words', family);
    const { notes } = await searchByHops(search, decomposeByRules(), undefined, undefined, { hops: 0 }).search(
      question,
    );
    expect(search.asked).toHaveLength(2);
    expect(notes).toMatchObject([{ code: 'part-dropped' }]);
    expect(notes[0]!.message).toContain('Who is the sister of #1?');
  });

  it('follows the question itself where there are no parts', async () => {
    const search = wordSearch('words', family);
    await searchByHops(search, parts(), undefined, undefined, { guesses: 1, passages: 1 }).search(
      'Who played Susan Walker?',
    );
    expect(search.asked).toEqual(['Who played Susan Walker?', 'Who played Susan Walker? Natalie Wood']);
  });

  it('notes retrievers whose ids have nothing in common, and goes on where only the first questions failed', async () => {
    const [one, two] = [wordSearch('one', { a: 'Ada met Bea.' }), wordSearch('two', { b: 'Ada met Bea.' })];
    const { notes } = await searchByHops([one, two], parts()).search('who met?');
    expect(notes.map(({ code }) => code)).toEqual(['no-overlap']);
    let calls = 0;
    const waking: Retriever = {
      name: 'waking',
      retrieve: async () => {
        if (++calls <= 2) throw new Error('not yet');
        return [doc('a')];
      },
    };
    const chain = parts('Who met Ada?', { text: 'Where was #1 born?', needs: [0] });
    const late = await searchByHops(waking, chain).search('q');
    expect(late.results.map(({ candidate }) => candidate.id)).toEqual(['a']);
    expect(late.notes).toMatchObject([{ code: 'retriever-failed' }]);
  });

  it('stops when nothing new is found', async () => {
    const search = wordSearch('words', { only: family.film });
    const chain = parts('Susan Walker', { text: 'sister of #1', needs: [0] }, { text: 'mother of #2', needs: [1] });
    const { hops, notes } = await searchByHops(search, chain, undefined, undefined, { hops: 9 }).search(question);
    expect(hops!.slice(2).every(({ found }) => found === 0)).toBe(true);
    expect(search.asked.some((text) => text.startsWith('mother'))).toBe(false);
    expect(notes).toMatchObject([{ code: 'part-dropped' }]);
  });

  it('takes the answer of an answerer in place of guesses, and guesses where it knows none', async () => {
    const answerer = (value: string | undefined) => ({ name: 'reader', answer: async () => ({ value }) });
    const told = wordSearch('words', family);
    await searchByHops(told, decomposeByRules(), undefined, undefined, { answerer: answerer('Natalie Wood') }).search(
      question,
    );
    expect(told.asked.filter((text) => text.startsWith('Who is the sister of') && !text.includes('actress'))).toEqual([
      'Who is the sister of Natalie Wood?',
    ]);
    const mute = wordSearch('words', family);
    await searchByHops(mute, decomposeByRules(), undefined, undefined, { answerer: answerer(undefined) }).search(
      question,
    );
    expect(mute.asked).toContain('Who is the sister of Natalie Wood?');
  });

  it('goes on without an answerer that fails, with a note', async () => {
    const broken = { name: 'broken', answer: () => Promise.reject(new Error('no tokens left')) };
    const search = wordSearch('words', family);
    const { notes } = await searchByHops(search, decomposeByRules(), undefined, undefined, { answerer: broken }).search(
      question,
    );
    expect(notes).toMatchObject([{ code: 'unanswered', by: 'broken' }]);
    expect(search.asked).toContain('Who is the sister of Natalie Wood?');
  });

  it('asks a part that needs two answers when both are there', async () => {
    const search = wordSearch('words', { a: 'Ada was here', b: 'Bea met her in Rome' });
    const answers: Record<string, string> = { 'Who was here?': 'Ada', 'Who met Ada?': 'Bea' };
    const answerer = { name: 'reader', answer: async (asked: string) => ({ value: answers[asked] }) };
    const chain = parts(
      'Who was here?',
      { text: 'Who met #1?', needs: [0] },
      { text: 'Was #1 before #2?', needs: [0, 1] },
    );
    await searchByHops(search, chain, undefined, undefined, { answerer }).search('q');
    expect(search.asked.filter((text) => text.startsWith('Was'))).toEqual(['Was Ada before Bea?']);
  });

  it('counts a part as asked when its words were asked before', async () => {
    const search = wordSearch('words', family);
    const answerer = { name: 'reader', answer: async () => ({ value: 'Walker' }) };
    const chain = parts('Susan Walker', { text: 'Susan #1', needs: [0] });
    const { notes } = await searchByHops(search, chain, undefined, undefined, { answerer }).search(question);
    expect(search.asked.filter((text) => text === 'Susan Walker')).toHaveLength(1);
    expect(notes).toEqual([]);
  });

  it('asks retrievers the question as it came, pictures and all', async () => {
    const asked: Content[] = [];
    const search: Retriever = {
      name: 'seeing',
      retrieve: async (query) => {
        asked.push(query);
        return [doc('a')];
      },
    };
    const content: Content = [
      { type: 'text', text: 'Who is this?' },
      { type: 'image', data: new Uint8Array([1]), mediaType: 'image/png' },
    ];
    await searchByHops(search, parts()).search(content);
    expect(asked[0]).toBe(content);
  });

  it('asks nobody any more once the deadline has passed', async () => {
    let asked = 0;
    const slow: Retriever = {
      name: 'slow',
      retrieve: async () => {
        asked++;
        for (const until = Date.now() + 40; Date.now() < until;);
        return [doc('film', family.film)];
      },
    };
    const { notes } = await searchByHops(slow, parts()).search('Who played Susan Walker?', {
      deadline: Date.now() + 30,
    });
    expect(asked).toBe(1);
    expect(notes).toEqual([]);
  });

  it('hands on as many as the pool holds, best first', async () => {
    const all = await searchByHops(wordSearch('words', family), decomposeByRules()).search(question);
    const cut = await searchByHops(wordSearch('words', family), decomposeByRules(), undefined, undefined, {
      poolLimit: 2,
    }).search(question);
    const ids = (found: typeof all): string[] => found.results.map(({ candidate }) => candidate.id);
    expect(ids(cut)).toEqual(ids(all).slice(0, 2));
  });

  it('survives a dead and a hanging retriever, and is an error when nothing answers', async () => {
    const { notes, results } = await searchByHops([dead, wordSearch('words', family)], decomposeByRules()).search(
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
      retrieve: async () => (++calls <= 2 ? [doc('film', family.film)] : new Promise<Candidate[]>(() => {})),
    };
    const { results, notes } = await searchByHops(first, decomposeByRules()).search(question, {
      deadline: Date.now() + 80,
    });
    expect(results.map(({ candidate }) => candidate.id)).toEqual(['film']);
    expect(notes.map(({ code }) => code)).toContain('retriever-failed');
  });

  it('refuses misuse', () => {
    const search = wordSearch('words', family);
    const fused: Scorer = { ...scoring(() => 1), kind: 'fused' };
    for (const [options, said] of [
      [{ enough: 1.1, scorer: scoring(() => 1) }, /enough is 1.1/],
      [{ enough: 0, scorer: scoring(() => 1) }, /enough is 0/],
      [{ enough: 0.5, scorer: fused }, /told gives scores of kind fused/],
    ] as const) {
      expect(() => searchByHops(search, parts(), undefined, undefined, options)).toThrow(said);
    }
    for (const options of [
      { hops: -1 },
      { guesses: 0 },
      { passages: 0 },
      { depth: 3 },
      { maxQueries: 0 },
      { enough: 0.5 },
    ]) {
      expect(() => searchByHops(search, parts(), undefined, undefined, options as never)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    }
  });
});

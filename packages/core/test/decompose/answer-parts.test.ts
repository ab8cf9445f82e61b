import { describe, expect, it } from 'vitest';
import {
  coverQuestions,
  decomposed,
  gather,
  rerankByParts,
  searchByHops,
  type Answerer,
  type Scorer,
} from '@secondpass/core';
import { parts, wordSearch } from './fakes.ts';

const library = {
  dune: 'Dune was written by Frank Herbert.',
  frank: 'Frank Herbert was born in a coastal town, Tacoma.',
  born: 'Who was born where is asked in many a question.',
};
const chain = [{ text: 'Who wrote Dune?' }, { text: 'Where was #1 born?', needs: [0] }] as const;
const question = 'Where was the author of Dune born?';

/** Knows both answers, and keeps what it was asked. */
function knowing(): Answerer & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: 'knowing',
    asked,
    answer: async (text) => {
      asked.push(text);
      return { value: text.includes('wrote') ? 'Frank Herbert' : 'Tacoma' };
    },
  };
}

/** How many of the query's words a text holds. */
const sharedWords: Scorer = {
  name: 'shared',
  kind: 'logit',
  pointwise: true,
  score: async (query, candidates) => {
    const words = String(query).match(/\w+/g)!;
    return {
      value: { scores: candidates.map(({ content }) => words.filter((w) => String(content).includes(w)).length) },
    };
  },
};

describe('answerParts', () => {
  it('by default answers only what another part asks with', async () => {
    const answerer = knowing();
    const { answers } = await gather(question, chain, wordSearch('words', library), { answerer });
    expect(answerer.asked).toEqual(['Who wrote Dune?']);
    expect(answers).toEqual(['Frank Herbert', undefined]);
  });

  it('"all" answers the last parts too, as they were asked', async () => {
    const answerer = knowing();
    const search = wordSearch('words', library);
    const { answers } = await gather(question, chain, search, { answerer, answerParts: 'all' });
    expect(answerer.asked).toEqual(['Who wrote Dune?', 'Where was Frank Herbert born?']);
    expect(answers).toEqual(['Frank Herbert', 'Tacoma']);
  });

  it('"all" has rerankByParts look for the answer of the last part', async () => {
    const search = wordSearch('words', library);
    const searchWith = (answerParts: 'needed' | 'all') =>
      decomposed(search, parts(...chain), coverQuestions(), rerankByParts(sharedWords, { firstStage: 0 }), {
        answerer: knowing(),
        answerParts,
      }).search(question);
    const [needed, all] = [await searchWith('needed'), await searchWith('all')];
    expect([needed.answers, all.answers]).toEqual([
      ['Frank Herbert', undefined],
      ['Frank Herbert', 'Tacoma'],
    ]);
    const last = ({ results }: typeof all) =>
      results.find(({ candidate }) => candidate.id === 'frank')!.detail!.parts![1]!.value;
    expect(last(all)).toBe(last(needed) + 1);
  });

  it('works for hops, in the words in which the part was asked', async () => {
    const [answerer, frugal] = [knowing(), knowing()];
    const hops = (options: object) =>
      searchByHops(wordSearch('words', library), parts(...chain), undefined, undefined, options).search(question);
    const { answers } = await hops({ answerer, answerParts: 'all' });
    expect(answers).toEqual(['Frank Herbert', 'Tacoma']);
    expect(answerer.asked).toEqual(['Who wrote Dune?', 'Where was Frank Herbert born?']);
    expect((await hops({ answerer: frugal })).answers).toEqual(['Frank Herbert', undefined]);
    expect(frugal.asked).toEqual(['Who wrote Dune?']);
    expect(await hops({})).not.toHaveProperty('answers');
    expect(await decomposed(wordSearch('words', library), parts(...chain)).search(question)).not.toHaveProperty(
      'answers',
    );
  });

  it('reads as many passages of a part as hops read, and none once the deadline has passed', async () => {
    const read: number[] = [];
    const answerer: Answerer = {
      name: 'slow',
      answer: async (_, candidates) => {
        read.push(candidates.length);
        await new Promise((resolve) => setTimeout(resolve, 60));
        return { value: 'Frank Herbert' };
      },
    };
    const hops = (passages: number) =>
      searchByHops(wordSearch('words', library), parts(...chain), undefined, undefined, {
        answerer,
        answerParts: 'all',
        passages,
      });
    await hops(2).search(question);
    expect(read).toEqual([2, 2]);
    read.length = 0;
    const { notes } = await hops(1).search(question, { deadline: Date.now() + 30 });
    expect(read).toEqual([1]);
    expect(notes.map(({ code }) => code)).toEqual(['unanswered', 'retriever-failed']);
  });

  it('asks once for an answer that two parts need, and once where there is none', async () => {
    const two = [...chain, { text: 'When did #1 die?', needs: [0] }];
    for (const known of [true, false]) {
      const answerer = knowing();
      const mute: Answerer = {
        ...answerer,
        answer: async (text, ...rest) => (await answerer.answer(text, ...rest), { value: undefined }),
      };
      const search = searchByHops(wordSearch('words', library), parts(...two), undefined, undefined, {
        answerer: known ? answerer : mute,
        answerParts: 'all',
      });
      await search.search(question);
      expect(answerer.asked.filter((text) => text === 'Who wrote Dune?')).toHaveLength(1);
    }
  });

  it('reads answers without the white space round them; a blank one, and one that takes too long, are none', async () => {
    const saying = (value: string | Promise<never>): Answerer => ({
      name: 'saying',
      answer: async () => ({ value: await value }),
    });
    const asked = async (answerer: Answerer, options = {}) => {
      const gathered = await gather(question, chain, wordSearch('words', library), { answerer, ...options });
      return [gathered.asked[1], gathered.answers[0], ...gathered.notes.map(({ code }) => code)];
    };
    expect(await asked(saying(' Frank Herbert\n'))).toEqual(['Where was Frank Herbert born?', 'Frank Herbert']);
    const none = ['Where was born?', undefined, 'unanswered'];
    expect(await asked(saying(' \n'))).toEqual(none);
    expect(await asked(saying(new Promise(() => {})), { timeoutMs: 30 })).toEqual(none);
  });

  it('an abort while a part is answered is the abort, whatever the answerer says', async () => {
    const controller = new AbortController();
    const answerer: Answerer = {
      name: 'aborting',
      answer: async () => {
        controller.abort('enough');
        throw new Error('something else');
      },
    };
    const call = { answerer, answerParts: 'all', signal: controller.signal } as const;
    await expect(gather(question, chain.slice(0, 1), wordSearch('words', library), call)).rejects.toBe('enough');
  });

  it('refuses misuse before anything is asked', async () => {
    const search = wordSearch('words', library);
    await expect(gather('q', [], search, { answerParts: 'all' })).rejects.toThrow(/no answerer/);
    expect(() => decomposed(search, parts(), undefined, undefined, { answerParts: 'some' as never })).toThrow(
      /"some"; known: needed, all/,
    );
    expect(() => searchByHops(search, parts(), undefined, undefined, { answerParts: 'all' })).toThrow(/no answerer/);
    expect(search.asked).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byScore } from '../../src/rerank/by-score.ts';
import { combinePassages } from '../../src/score/combine-passages.ts';
import { passages } from '../../src/score/passages.ts';
import type { Candidate, Scorer } from '../../src/types.ts';
import { wordCount } from './word-count.ts';

/** Scores a text by how often it says "gold"; says nothing of texts with "mute". */
const gold: Scorer = {
  name: 'gold',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => {
    const texts = candidates.map(({ content }) => content as string);
    const scores = texts.map((content) => (content.includes('mute') ? undefined : content.split(/gold/i).length - 1));
    const ids = candidates.filter((_, i) => scores[i] === undefined).map(({ id }) => id);
    return {
      value: { scores, details: scores.map((logit) => (logit === undefined ? undefined : { logit })) },
      notes: ids.length > 0 ? [{ code: 'unscored', by: 'gold', message: 'mute', ids }] : [],
    };
  },
};
const long: Candidate = {
  id: 'long',
  content: 'Nothing here at all. Some gold here. Gold gold gold gold. The end is near.',
};

describe('passages()', () => {
  it('finds the passage that earns the score and says where it stands', async () => {
    const { results } = await byScore(passages(gold, { size: 4, overlap: 0 })).rerank('q', [
      long,
      { id: 'short', content: 'gold gold' },
    ]);
    const [best] = results;
    expect(best!.candidate).toBe(long);
    const { start, end } = best!.detail!.passage!;
    expect((long.content as string).slice(start, end)).toBe('Gold gold gold gold.');
    expect(best!.score).toMatchObject({ value: 4, kind: 'logit', by: 'passages(gold)' });
    expect(best!.detail!.logit).toBe(4);
  });

  it('gives a document of one passage exactly the score it would have alone', async () => {
    const short = ['gold', 'a gold gold', ''].map((content, i) => ({ id: `${i}`, content }));
    const plain = await gold.score('q', short);
    const split = await passages(gold).score('q', short);
    expect(Array.from(split.value.scores)).toEqual(Array.from(plain.value.scores));
  });

  it.each([
    ['first', 0],
    ['max', 4],
    [{ mean: 2 }, 2.5],
    [{ decay: 0 }, 4],
    [{ decay: 1 }, 1.25],
  ] as const)('combines by %j', async (combine, expected) => {
    const { value } = await passages(gold, { size: 4, overlap: 0, combine }).score('q', [long]);
    expect(value.scores[0]).toBe(expected);
  });

  it('gives every passage all that its document brings along, and not its vectors', async () => {
    const seen: Candidate[] = [];
    const watch: Scorer = {
      name: 'watch',
      kind: 'logit',
      pointwise: true,
      async score(_query, candidates) {
        seen.push(...candidates);
        return { value: { scores: candidates.map(() => 1) } };
      },
    };
    const known = {
      score: { value: 7, kind: 'retrieval', by: 'bm25' },
      signals: { clicks: 3 },
      vectors: { data: new Float32Array(2), rows: 1, cols: 2 },
      hit: { age: 3 },
    } as const;
    await passages(watch, { size: 4, overlap: 0 }).score('q', [
      { id: 'a', content: 'One two three four. Five six.', ...known },
    ]);
    expect(seen).toEqual([
      { ...known, id: '0#0', content: 'One two three four.', vectors: undefined },
      { ...known, id: '0#1', content: 'Five six.', vectors: undefined },
    ]);
  });

  it('combines between the first and the best, whatever the scores', () => {
    const scores = fc.array(fc.option(fc.double({ min: -9, max: 9, noNaN: true }), { nil: undefined }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 5 }), fc.double({ min: 0, max: 1, noNaN: true }), (given, k, d) => {
        const known = given.filter((score) => score !== undefined);
        const fits = [combinePassages(given, { mean: k }), combinePassages(given, { decay: d })].every((combined) =>
          known.length === 0
            ? combined === undefined
            : combined! <= Math.max(...known) + 1e-9 && combined! >= Math.min(...known) - 1e-9,
        );
        expect(fits).toBe(true);
        expect(combinePassages(given, 'first')).toBe(given[0]);
        expect(combinePassages(given, 'max')).toBe(known.length === 0 ? undefined : Math.max(...known));
      }),
    );
  });

  it('notes what was not read, by the ids of the documents', async () => {
    const mute = { id: 'mute', content: 'mute one two. gold gold gold. three four five.' };
    const { notes } = await byScore(passages(gold, { size: 3, overlap: 0, maxPassages: 2 })).rerank('q', [long, mute]);
    expect(notes.find(({ code }) => code === 'truncated')!.ids).toEqual(['long', 'mute']);
    expect(notes.find(({ code }) => code === 'partly-scored')!.ids).toEqual(['mute']);
    expect(notes.find(({ code, by }) => code === 'unscored' && by === 'gold')!.ids).toEqual(['mute']);
  });

  describe('unless it is said otherwise', () => {
    const sentence = (words: number): string => `The ${'word '.repeat(words - 2)}ends. `;
    /** How many words each passage has, and what is noted. */
    const read = async (content: string, options = {}) => {
      const lengths: number[] = [];
      const measuring: Scorer = {
        ...gold,
        score: async (_query, parts) => {
          lengths.push(...parts.map((part) => wordCount(part.content as string)));
          return { value: { scores: parts.map(() => 1) } };
        },
      };
      const { notes } = await passages(measuring, options).score('q', [{ id: 'd', content }]);
      return { lengths, codes: notes!.map(({ code }) => code) };
    };

    it('a passage has 200 words, and begins with the last 40 of the one before', async () => {
      expect((await read(sentence(200))).lengths).toEqual([200]);
      expect((await read('word '.repeat(201))).lengths).toEqual([200, 1]);
      expect((await read(sentence(20).repeat(11))).lengths).toEqual([200, 60]);
    });

    it('64 are read, and that there were more is noted', async () => {
      const whole = await read('word '.repeat(200 * 64));
      expect([whole.lengths.length, whole.codes]).toEqual([64, []]);
      const cut = await read('word '.repeat(200 * 64 + 1));
      expect([cut.lengths.length, cut.codes]).toEqual([64, ['truncated']]);
    });

    it('no more than the first is read where it alone counts, and that is no loss to be noted', async () => {
      const first = await read('word '.repeat(1000), { combine: 'first', maxPassages: 2 });
      expect(first).toEqual({ lengths: [200], codes: [] });
    });
  });

  it('of passages that are as good the first is told, and none where none has a score', async () => {
    const { results, notes } = await byScore(passages(gold, { size: 2, overlap: 0 })).rerank('q', [
      { id: 'twice', content: 'Some gold. More gold.' },
      { id: 'mute', content: 'Is mute. So mute.' },
    ]);
    expect(results.map(({ detail }) => detail?.passage)).toEqual([{ start: 0, end: 10 }, undefined]);
    expect(notes.map(({ code, ids }) => [code, ids])).toEqual([['unscored', ['mute']]]);
    const { value } = await passages(gold, { size: 2, overlap: 0 }).score('q', [
      { id: 'mute', content: 'Is mute. So mute.' },
    ]);
    expect(value.details).toEqual([undefined]);
  });

  it('hands the call on, leaves what holds an image whole, and is what ran', async () => {
    const image = { type: 'image', mediaType: 'image/png', data: new Uint8Array(1) } as const;
    const candidate = { id: 'a', content: [{ type: 'text', text: 'One two. Three four.' } as const, image] };
    const call = { signal: new AbortController().signal, deadline: 9e15 };
    const seen: unknown[] = [];
    const spy: Scorer = {
      ...gold,
      pointwise: false,
      score: async (_query, candidates, options) => {
        seen.push(
          candidates.map(({ content }) => content),
          options,
        );
        return { value: { scores: [1] }, run: { by: 'gold', durationMs: 1, model: 'm' } };
      },
    };
    const scorer = passages(spy, { size: 2, overlap: 0 });
    expect((await scorer.score('q', [candidate], call)).run).toEqual({
      by: 'passages(gold)',
      durationMs: 1,
      model: 'm',
    });
    expect(seen).toEqual([[candidate.content], call]);
    expect([scorer.pointwise, passages(gold).pointwise]).toEqual([false, true]);
  });

  it('refuses impossible options', () => {
    expect(() => passages(gold, { size: 10, overlap: 10 })).toThrow(/overlap is 10/);
    expect(() => passages(gold, { combine: 'sum' as never })).toThrow(/combine is "sum"/);
    expect(() => passages(gold, { combine: { mean: 0 } })).toThrow(/combine.mean is 0/);
    expect(() => passages(gold, { combine: { decay: 1.1 } })).toThrow(/combine.decay is 1.1/);
    expect(() => passages(gold, { combine: { mean: undefined as never } })).toThrow(/combine.mean is undefined/);
    expect(() => passages(gold, { combine: { decay: undefined as never } })).toThrow(/combine.decay is undefined/);
    expect(() => passages(gold, { combine: { mean: 2, decay: 0.5 } as never })).toThrow(
      /combine has no option "decay"/,
    );
    expect(() => passages(gold, { stride: 2 } as never)).toThrow(/no option "stride"/);
  });
});

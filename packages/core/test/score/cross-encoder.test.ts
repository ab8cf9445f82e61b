import { describe, expect, it } from 'vitest';
import type { Classified, PairClassifier } from '../../src/models/pair-classifier.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { byScore } from '../../src/rerank/by-score.ts';
import { crossEncoder } from '../../src/score/cross-encoder.ts';
import type { Candidate, Part } from '../../src/types.ts';

const run = { by: 'model@1:fp32', durationMs: 1, model: 'model', revision: '1', device: 'cpu', precision: 'fp32' };

/** What the scorer is given by a model: here, the length of the text; and what it was asked. */
function lengths(outcome: Partial<Classified> = {}) {
  const asked: { query: string; texts: readonly string[] }[] = [];
  const model: PairClassifier = {
    async classify(query, texts) {
      asked.push({ query, texts });
      const logits = texts.map((text) => text.length - 10);
      return { logits, truncated: [], lost: [], late: false, pairs: texts.length, tokens: 9, ...outcome };
    },
    warmUp: async () => {},
    dispose: async () => {},
  };
  return { model, asked };
}

const image: Part = { type: 'image', mediaType: 'image/png', data: new Uint8Array(1) };
const text = (value: string): Part => ({ type: 'text', text: value });
const list = (...contents: Candidate['content'][]): Candidate[] =>
  contents.map((content, i) => ({ id: `d${i}`, content }));

describe('crossEncoder', () => {
  it('scores in input order, as logits, with the run and its usage', async () => {
    const { model } = lengths();
    const answer = await crossEncoder(model, { run }).score('q', list('abc', 'a', 'ab'));
    expect(answer.value.scores).toEqual([-7, -9, -8]);
    expect(answer.value.details).toEqual([{ logit: -7 }, { logit: -9 }, { logit: -8 }]);
    expect(answer.notes).toEqual([]);
    expect(answer.run).toMatchObject({ ...run, durationMs: expect.any(Number), usage: { pairs: 3, tokens: 9 } });
  });

  it('converts to probabilities and keeps the logit beside them', async () => {
    const { value } = await crossEncoder(lengths().model, { run, kind: 'probability' }).score('q', list('abc'));
    expect(value).toEqual({ scores: [sigmoid(-7)], details: [{ logit: -7 }] });
  });

  it('leaves images and empty texts unscored, notes them, and shows the model only the rest', async () => {
    const { model, asked } = lengths();
    const scorer = crossEncoder(model, { run });
    const candidates = list('abc', [image], '', [text('a'), image], [text('a'), text('b')], ' \n');
    const { value, notes } = await scorer.score('q', candidates);
    expect(asked[0]!.texts).toEqual(['abc', 'a\nb']);
    expect(value.scores).toEqual([-7, undefined, undefined, undefined, -7, undefined]);
    expect(notes).toMatchObject([
      { code: 'empty-text', ids: ['d2', 'd5'], by: run.by },
      { code: 'unsupported-content', ids: ['d1', 'd3'], by: run.by },
    ]);
    const ranked = await byScore(scorer).rerank('q', candidates);
    expect(ranked.results.map(({ originalIndex }) => originalIndex)).toEqual([0, 4, 1, 2, 3, 5]);
    expect(ranked.notes.filter(({ code }) => code === 'unscored')).toEqual([]);
  });

  it('tells how far it is of all candidates, those that are not read among them', async () => {
    const { model } = lengths();
    const telling: PairClassifier = {
      ...model,
      classify: async (asked, texts, options) => (options?.onProgress?.(1), model.classify(asked, texts, options)),
    };
    const events: unknown[] = [];
    await crossEncoder(telling, { run }).score('q', list('a', '', 'b'), { onEvent: (event) => events.push(event) });
    expect(events).toEqual([{ type: 'rerank-progress', by: run.by, done: 1, total: 3 }]);
  });

  it('refuses a query that is empty or holds an image', async () => {
    const scorer = crossEncoder(lengths().model, { run });
    await expect(scorer.score(' ', list('a'))).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(scorer.score([text('what is this'), image], list('a'))).rejects.toThrow('reads text only');
  });

  it('notes by id what was cut, lost and late, though unread candidates stand between', async () => {
    const { model } = lengths({ logits: [1, undefined, 3, undefined], truncated: [0, 2], lost: [1], late: true });
    const { value, notes } = await crossEncoder(model, { run }).score('q', list('a', '', 'b', [image], 'c', 'd'));
    expect(value.scores).toEqual([1, undefined, undefined, undefined, 3, undefined]);
    expect(value.details).toEqual([{ logit: 1 }, undefined, undefined, undefined, { logit: 3 }, undefined]);
    const told = Object.fromEntries(notes!.map(({ code, ids }) => [code, ids]));
    expect(told).toEqual({
      truncated: ['d0', 'd4'],
      'empty-text': ['d1'],
      'unsupported-content': ['d3'],
      'worker-lost': ['d2'],
      'timed-out': ['d5'],
    });
  });

  it('scores text with half a surrogate pair, and notes it', async () => {
    const only = await crossEncoder(lengths().model, { run }).score('q', list('\ud83d \u200b'));
    expect([only.value.scores, only.notes!.map(({ code }) => code)]).toEqual([[undefined], ['empty-text']]);
    const { notes } = await crossEncoder(lengths().model, { run }).score('q', list('ok 👍', 'half \ud83d'));
    expect(notes).toMatchObject([{ code: 'malformed-text', ids: ['d1'] }]);
  });

  it('keeps duplicates, equal ids too, and says what is to be known with every answer', async () => {
    const known = { code: 'licence', by: run.by, message: 'not for commerce' };
    const scorer = crossEncoder(lengths().model, { run, notes: [known] });
    const twins = [
      { id: 'same', content: 'ab' },
      { id: 'same', content: 'abcd' },
    ];
    const { results, notes } = await byScore(scorer).rerank('q', twins);
    expect(results.map(({ candidate }) => candidate)).toEqual([twins[1], twins[0]]);
    expect(notes.map(({ code }) => code)).toEqual(['duplicate-id', 'licence']);
  });

  it('an empty list is an empty ranking', async () => {
    const { results } = await byScore(crossEncoder(lengths().model, { run })).rerank('q', []);
    expect(results).toEqual([]);
  });
});

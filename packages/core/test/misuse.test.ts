import * as core from '@secondpass/core';
import { loadCrossEncoder, loadEncoder, loadReranker } from '@secondpass/core/models';
import { scriptedScorer } from '@secondpass/core/testing';
import { expect, test } from 'vitest';
import { requireInteger } from '../src/check.ts';

// What plain JavaScript lets through: a piece in the place of another.
const scorer = scriptedScorer(({ content }) => content.length);
const reranker = core.byScore(scorer);
const loaded = { ...reranker, scorer };
const promised = Promise.resolve(reranker);
const retriever: core.Retriever = { name: 'r', retrieve: () => Promise.resolve([]) };
const rules = core.decomposeByRules();
const model: core.LanguageModel = { name: 'm', generate: () => Promise.resolve({ value: { text: '' } }) };
const wrong = (value: unknown): never => value as never;

test.each<[string, () => unknown, string]>([
  ['a reranker for a scorer', () => core.byScore(wrong(reranker)), 'byScore() takes a scorer, which has score(); got a reranker.'], // prettier-ignore
  ['a loaded reranker for a scorer', () => core.withCache(wrong(loaded)), 'withCache() takes a scorer, which has score(); got a reranker: pass its scorer.'], // prettier-ignore
  ['nothing for a scorer', () => core.byScore(wrong(undefined)), 'got undefined.'],
  ['a reranker to be cut into passages', () => core.passages(wrong(loaded)), 'pass its scorer'],
  ['a reranker to be calibrated', () => core.calibrated(wrong(loaded), { method: 'platt', slope: 1, intercept: 0 }), 'pass its scorer'], // prettier-ignore
  ['a reranker in a blend', () => core.blend([{ scorer: wrong(loaded) }]), 'a part of blend() takes a scorer'],
  ['a part without a scorer', () => core.blend([{ weight: 1 } as never]), 'a part of blend() takes a scorer'],
  ['a term without a scorer', () => core.logisticBlend([{ weight: 1 } as never], { intercept: 0 }), 'a term of logisticBlend() takes a scorer'], // prettier-ignore
  ['a reranker for an encoder', () => core.embedding(wrong(loaded)), 'embedding() takes an encoder, which has encode(); got a reranker.'], // prettier-ignore
  ['an encoder that nobody awaited', () => core.lateInteraction(wrong(Promise.resolve())), 'lateInteraction() takes an encoder, which has encode(); got a promise: await it.'], // prettier-ignore
  ['a reranker to rerank by parts', () => core.rerankByParts(wrong(loaded)), 'pass its scorer'],
  ['a scorer for a reranker', () => core.withTimeout(wrong(scorer), 5), 'withTimeout() takes a reranker, which has rerank(); got a scorer: byScore() makes a reranker of it.'], // prettier-ignore
  ['a promise for a reranker', () => core.withTimeout(wrong(promised), 5), 'got a promise: await it.'],
  ['a promise with a fallback', () => core.withFallback(wrong(promised), core.inputOrder), 'withFallback() takes a reranker'], // prettier-ignore
  ['a scorer as fallback', () => core.withFallback(reranker, wrong(scorer)), 'withFallback() takes a reranker'],
  ['a list of stages', () => core.cascade(wrong([reranker, core.cut(1)])), 'cascade() takes a reranker, which has rerank(); got an array.'], // prettier-ignore
  ['null to be tried again', () => core.withRetry(wrong(null)), 'withRetry() takes a reranker, which has rerank(); got null.'], // prettier-ignore
  ['nothing to be limited', () => core.withLimit(wrong(undefined), { concurrency: 1 }), 'withLimit() takes a reranker'],
  ['nothing to be traced', () => core.withTracing(wrong(undefined)), 'withTracing() takes a reranker'],
  ['a scorer behind a window', () => core.window(wrong(scorer), 5), 'window() takes a reranker'],
  ['a scorer to be diversified', () => core.diversify(wrong(scorer)), 'diversify() takes a reranker'],
  ['a name for a fusion', () => core.decomposed(retriever, rules, wrong('rrf')), 'decomposed() takes a fusion, which has fuse(); got a string.'], // prettier-ignore
  ['a fusion that nobody called', () => core.decomposed(retriever, rules, wrong(core.coverQuestions)), 'got a function: call it.'], // prettier-ignore
  ['a scorer behind a decomposition', () => core.decomposed(retriever, rules, undefined, wrong(scorer)), 'decomposed() takes a reranker'], // prettier-ignore
  ['no decomposer', () => core.decomposed(retriever, wrong(undefined)), 'decomposed() takes a decomposer'],
  ['a name for a fusion of hops', () => core.searchByHops(retriever, rules, wrong('rrf')), 'searchByHops() takes a fusion'], // prettier-ignore
  ['a decomposer that nobody called', () => core.searchByHops(retriever, wrong(core.decomposeByRules)), 'searchByHops() takes a decomposer, which has decompose(); got a function: call it.'], // prettier-ignore
  ['a fusion within questions that nobody called', () => core.coverQuestions({ within: wrong(core.reciprocalRank) }), 'within of coverQuestions() takes a fusion, which has fuse(); got a function: call it.'], // prettier-ignore
  ['a reranker that is to read for names', () => core.searchByHops(retriever, rules, undefined, undefined, { scorer: wrong(loaded) }), 'scorer of searchByHops() takes a scorer, which has score(); got a reranker: pass its scorer.'], // prettier-ignore
  ['a language model that is to answer', () => core.searchByHops(retriever, rules, undefined, undefined, { answerer: wrong(model) }), 'answerer takes an answerer, which has answer(); got a language model: answerByLanguageModel() makes an answerer of it.'], // prettier-ignore
  ['a language model that is to answer parts', () => core.decomposed(retriever, rules, undefined, undefined, { answerer: wrong(model) }), 'answerer takes an answerer'], // prettier-ignore
  ['a language model that is to decompose', () => core.decomposed(retriever, wrong(model)), 'got a language model: decomposeByLanguageModel() makes a decomposer of it.'], // prettier-ignore
  ['a name for a language model', () => core.decomposeByLanguageModel(wrong('llama3.2')), 'decomposeByLanguageModel() takes a language model, which has generate(); got a string.'], // prettier-ignore
  ['a fallback that nobody called', () => core.decomposeByLanguageModel(model, { fallback: wrong(core.decomposeByRules) }), 'fallback of decomposeByLanguageModel() takes a decomposer'], // prettier-ignore
  ['a name for a model that answers', () => core.answerByLanguageModel(wrong('llama3.2')), 'answerByLanguageModel() takes a language model'], // prettier-ignore
])('%s is refused where it is given', (_what, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
  expect(make).toThrow(message);
});

test.each([loadReranker, loadCrossEncoder, loadEncoder])(
  'options in the place of the name are refused',
  async (load) => {
    const loading = load({ workers: 1 } as never);
    await expect(loading).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(loading).rejects.toThrow('options come second');
  },
);

test.each([
  ['a bare number', 7, 'Candidate 0 has the score 7'],
  ['text', '7', 'Candidate 0 has the score "7"'],
  ['a number as text', { value: '7', kind: 'retrieval', by: 'bm25' }, 'the score {"value":"7","kind":"retrieval","by":"bm25"}'], // prettier-ignore
  ['no number', { value: Number.NaN, kind: 'retrieval', by: 'bm25' }, 'Candidate 0 has the score'],
  ['an unknown kind', { value: 7, kind: 'bm25', by: 'bm25' }, '"kind":"bm25"'],
])('a first-stage score that is %s would be passed over, so it is refused', async (_what, score, fact) => {
  const call = core.inputOrder.rerank('q', [{ id: 'a', content: 'x', score: score as never }]);
  await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(call).rejects.toThrow(fact);
  await expect(call).rejects.toThrow("{ value: 7.1, kind: 'retrieval', by: 'bm25' }");
});

test('no score is no mistake', async () => {
  const candidates = [
    { id: 'a', content: 'x', score: undefined },
    { id: 'b', content: 'y', score: null as never },
  ];
  expect((await core.inputOrder.rerank('q', candidates)).results).toHaveLength(2);
});

test('a traced call that is wrong is refused as any other', async () => {
  await expect(core.withTracing(reranker).rerank('q', 'text' as never)).rejects.toThrow('takes an array');
});

test('what is refused is shown as it is: a number as text in quotes, an object as one', async () => {
  await expect(reranker.rerank('q', [], { topK: '2' as never })).rejects.toThrow('topK is "2"; it must be an integer');
  expect(() => core.withTimeout(reranker, { ms: 5 } as never)).toThrow('withTimeout(ms) is {"ms":5}; it must be');
  expect(() => requireInteger('n', Number.NaN, 1)).toThrow('n is NaN;');
  const texts = core.byScore({ ...scorer, score: () => Promise.resolve({ value: { scores: ['7'] as never } }) });
  await expect(texts.rerank('q', [{ id: 'a', content: 'x' }])).rejects.toThrow('candidate 0 as "7"');
});

test('a template without a field shows how the same word is written as one', () => {
  expect(() => core.fields('title')).toThrow('fields() has no field in "title"; write "{title}" or ["title"].');
  expect(() => core.fields('The text:')).toThrow('fields() has no field in "The text:"; write {title} for one.');
});

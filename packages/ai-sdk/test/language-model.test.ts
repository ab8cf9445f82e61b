import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { heldBy } from '../../../test/held-by.ts';
import { languageModel } from '../src/index.ts';

const usage = { inputTokens: { total: 3 }, outputTokens: { total: 2 } };
const answer = (text: string, more: object = {}): never =>
  ({
    content: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text },
    ],
    finishReason: { unified: 'stop', raw: undefined },
    usage,
    warnings: [],
    ...more,
  }) as never;

describe('languageModel', () => {
  it('asks a model of the SDK and returns its text, its name and its usage', async () => {
    const model = new MockLanguageModelV3({
      provider: 'mock',
      modelId: 'small',
      doGenerate: async () => answer('hello'),
    });
    const { value, run } = await languageModel(model).generate({ system: 'Be short.', prompt: 'Greet.', maxTokens: 7 });
    expect(value).toEqual({ text: 'hello' });
    expect(run).toMatchObject({ by: 'mock small', model: 'small', usage: { calls: 1, tokens: 5 } });
    expect(model.doGenerateCalls[0]).toEqual({
      prompt: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: [{ type: 'text', text: 'Greet.' }] },
      ],
      maxOutputTokens: 7,
    });
  });

  it('passes a schema as the response format, and provider options', async () => {
    const model = new MockLanguageModelV3({ doGenerate: async () => answer('{}') });
    const schema = { type: 'object' };
    await languageModel(model, { providerOptions: { openai: { logprobs: 5 } } }).generate({ prompt: 'x', schema });
    expect(model.doGenerateCalls[0]).toMatchObject({
      responseFormat: { type: 'json', schema, name: 'answer' },
      providerOptions: { openai: { logprobs: 5 } },
    });
  });

  it.each([
    ['flat', (list: unknown[]) => list],
    ['per output part', (list: unknown[]) => [list]],
  ])('hands on log-probabilities (%s)', async (_, shape) => {
    const top = [
      { token: 'yes', logprob: -0.1 },
      { token: 'no', logprob: -2 },
    ];
    const logprobs = shape([{ token: 'yes', logprob: -0.1, top_logprobs: top }]);
    const model = new MockLanguageModelV3({
      doGenerate: async () => answer('yes', { providerMetadata: { openai: { logprobs } } }),
    });
    expect((await languageModel(model).generate({ prompt: '?', topLogprobs: 2 })).value.firstTokens).toEqual(top);
  });

  it('says so where there are none', async () => {
    const model = new MockLanguageModelV3({ doGenerate: async () => answer('yes') });
    const { value, notes } = await languageModel(model).generate({ prompt: '?', topLogprobs: 2 });
    expect(value.firstTokens).toBeUndefined();
    expect(notes?.map(({ code }) => code)).toEqual(['no-logprobs']);
  });

  it.each([
    ['v3', { type: 'file', mediaType: 'image/png', data: new Uint8Array([1]) }],
    ['v4', { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1]) } }],
  ])('sends images as specification %s has them', async (specificationVersion, part) => {
    const model = new MockLanguageModelV3({ doGenerate: async () => answer('a cat') });
    Object.defineProperty(model, 'specificationVersion', { value: specificationVersion });
    await languageModel(model).generate({
      prompt: [{ type: 'image', mediaType: 'image/png', data: new Uint8Array([1]) }],
    });
    expect(model.doGenerateCalls[0]!.prompt).toEqual([{ role: 'user', content: [part] }]);
  });

  it.each(['signal', 'deadline', 'signal before the deadline'])('ends with the %s', async (by) => {
    let seen: AbortSignal | undefined;
    const model = new MockLanguageModelV3({
      doGenerate: ({ abortSignal }) => ((seen = abortSignal), new Promise(() => {})),
    });
    const options = {
      ...(by.startsWith('signal') && { signal: AbortSignal.timeout(20) }),
      ...(by.endsWith('deadline') && { deadline: Date.now() + (by === 'deadline' ? 20 : 60_000) }),
    };
    await expect(languageModel(model).generate({ prompt: 'x' }, options)).rejects.toThrow(/abort|deadline/i);
    expect(seen?.aborted).toBe(true);
  });

  it('leaves nothing at a signal that many calls share', async () => {
    const { signal } = new AbortController();
    const model = languageModel(new MockLanguageModelV3({ doGenerate: async () => answer('yes') }));
    const call = { signal, deadline: Date.now() + 60_000 };
    await Promise.all([1, 2, 3].map(() => model.generate({ prompt: 'x' }, call)));
    expect(heldBy(signal)).toBe(0);
  });

  it('refuses names of models and options it does not have', () => {
    expect(() => languageModel('openai/gpt-4o' as never)).toThrow(/is a name/);
    expect(() => languageModel(new MockLanguageModelV3(), { nam: 'x' } as never)).toThrow(/did you mean "name"/);
  });
});

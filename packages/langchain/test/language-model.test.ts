import { AIMessage, type AIMessageFields } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { describe, expect, it } from 'vitest';
import { heldBy } from '../../../test/held-by.ts';
import { languageModel } from '../src/index.ts';
import { toolCall, ToolModel } from './tool-model.ts';

const schema = { title: 'parts', type: 'object', properties: { parts: { type: 'array', items: { type: 'string' } } } };

/** The framework's fake model, answering with whole messages: what a provider's metadata looks like. */
class MessageModel extends FakeListChatModel {
  asked: unknown[] = [];
  model = 'small-1';
  readonly message: AIMessage;
  constructor(message: AIMessage) {
    super({ responses: [''] });
    this.message = message;
  }
  override async _generate(messages: unknown[]) {
    this.asked = messages;
    return { generations: [{ message: this.message, text: this.message.text }] };
  }
}

describe('languageModel', () => {
  it('asks a chat model and returns its text, its name and its usage', async () => {
    const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    const model = new MessageModel(new AIMessage({ content: 'hello', usage_metadata: usage } as AIMessageFields));
    const { value, run, notes } = await languageModel(model).generate({ system: 'Be short.', prompt: 'Greet.' });
    expect(value).toEqual({ text: 'hello' });
    expect(run).toMatchObject({ by: 'FakeListChatModel small-1', usage: { calls: 1, tokens: 5 } });
    expect(notes).toEqual([]);
    expect(model.asked.map((message) => [(message as AIMessage).getType(), (message as AIMessage).text])).toEqual([
      ['system', 'Be short.'],
      ['human', 'Greet.'],
    ]);
  });

  it('passes a schema as structured output', async () => {
    const model = new FakeListChatModel({ responses: ['{"parts":["a","b"]}'] });
    const { value, notes, run } = await languageModel(model).generate({ prompt: 'Split.', schema });
    expect(JSON.parse(value.text)).toEqual({ parts: ['a', 'b'] });
    expect(notes).toEqual([]);
    expect(run?.usage?.calls).toBe(1);
  });

  it('asks for text, with a note, where structured output fails', async () => {
    const model = new FakeListChatModel({ responses: ['1. a\n2. b'] });
    const { value, notes, run } = await languageModel(model).generate({ prompt: 'Split.', schema });
    expect(value.text).toBe('1. a\n2. b');
    expect(notes?.map(({ code }) => code)).toEqual(['fell-back']);
    expect(run?.usage?.calls).toBe(2);
  });

  it('keeps the raw text of an answer that did not parse, without a second call', async () => {
    const model = new FakeListChatModel({ responses: ['never asked'] });
    model.withStructuredOutput = (() =>
      RunnableLambda.from(() => ({ raw: new AIMessage('parts: a; b'), parsed: null }))) as never;
    const { value, run } = await languageModel(model).generate({ prompt: 'Split.', schema });
    expect(value.text).toBe('parts: a; b');
    expect(run?.usage?.calls).toBe(1);
  });

  it.each([
    ['cannot be parsed', { tool_call_chunks: [{ name: 'answer', args: '["a', id: '1', index: 0 }] }],
    [
      'cannot be parsed, with text beside it',
      { content: 'I will split it.', tool_call_chunks: [{ name: 'answer', args: '["a', id: '1', index: 0 }] },
    ],
    ['is not there', {}],
  ])('asks for text, with a note, where the tool call %s', async (_, calls) => {
    const usage_metadata = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const model = new ToolModel({ content: '', usage_metadata, ...calls }, { content: '1. a\n2. b', usage_metadata });
    const { value, notes, run } = await languageModel(model).generate({ prompt: 'Split.', schema });
    expect(value.text).toBe('1. a\n2. b');
    expect(notes).toMatchObject([{ code: 'fell-back', message: expect.stringContaining('asked again for text') }]);
    expect(run?.usage).toEqual({ calls: 2, tokens: 4 });
  });

  it('reads the tool call of a model that has tools', async () => {
    const model = new ToolModel(toolCall({ parts: ['a', 'b'] }));
    const { value, notes, run } = await languageModel(model).generate({ prompt: 'Split.', schema });
    expect(JSON.parse(value.text)).toEqual({ parts: ['a', 'b'] });
    expect(notes).toEqual([]);
    expect(run?.usage?.calls).toBe(1);
  });

  it('hands on log-probabilities where the answer has them, and says so where it has none', async () => {
    const top = [
      { token: 'yes', logprob: -0.1, bytes: [1] },
      { token: 'no', logprob: -2.3, bytes: [2] },
    ];
    const content = [{ token: 'yes', logprob: -0.1, top_logprobs: top }];
    const model = new MessageModel(new AIMessage({ content: 'yes', response_metadata: { logprobs: { content } } }));
    const { value, notes } = await languageModel(model).generate({ prompt: 'Relevant?', topLogprobs: 2 });
    expect(value.firstTokens).toEqual([
      { token: 'yes', logprob: -0.1 },
      { token: 'no', logprob: -2.3 },
    ]);
    expect(notes).toEqual([]);
    const without = await languageModel(new FakeListChatModel({ responses: ['yes'] })).generate({
      prompt: '?',
      topLogprobs: 2,
    });
    expect(without.value.firstTokens).toBeUndefined();
    expect(without.notes?.map(({ code }) => code)).toEqual(['no-logprobs']);
  });

  it('sends images as the framework knows them', async () => {
    const model = new MessageModel(new AIMessage('a cat'));
    const data = new Uint8Array([1, 2, 3]);
    await languageModel(model).generate({
      prompt: [
        { type: 'text', text: 'What?' },
        { type: 'image', mediaType: 'image/png', data },
      ],
    });
    expect((model.asked[0] as AIMessage).content).toEqual([
      { type: 'text', text: 'What?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
    ]);
  });

  it.each(['signal', 'deadline', 'signal before the deadline'])('ends with the %s, structured or not', async (by) => {
    const slow = new FakeListChatModel({ responses: ['late'], sleep: 1000 });
    for (const request of [{ prompt: 'x' }, { prompt: 'x', schema }]) {
      const options = {
        ...(by.startsWith('signal') && { signal: AbortSignal.timeout(20) }),
        ...(by.endsWith('deadline') && { deadline: Date.now() + (by === 'deadline' ? 20 : 60_000) }),
      };
      const started = performance.now();
      await expect(languageModel(slow).generate(request, options)).rejects.toThrow(/abort|deadline/i);
      expect(performance.now() - started).toBeLessThan(800);
    }
  });

  it('leaves nothing at a signal that many calls share', async () => {
    const { signal } = new AbortController();
    const model = languageModel(new FakeListChatModel({ responses: ['yes'] }));
    const call = { signal, deadline: Date.now() + 60_000 };
    await Promise.all([1, 2, 3].map(() => model.generate({ prompt: 'x' }, call)));
    expect(heldBy(signal)).toBe(0);
  });

  it('refuses what is no chat model and options it does not have', () => {
    expect(() => languageModel({} as never)).toThrow(/takes a chat model/);
    expect(() => languageModel(new FakeListChatModel({ responses: [''] }), { nam: 'x' } as never)).toThrow(
      /did you mean "name"/,
    );
  });
});

import { SecondpassError } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './chat-service.ts';

describe('openAICompatible', () => {
  // The answers of services differ in what stands beside the message; these are their shapes, with other words.
  it.each([
    [
      'a hosted service',
      {
        id: 'chatcmpl-Bx1',
        object: 'chat.completion',
        created: 1752000000,
        model: 'large-2025-04-14',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: '{"questions":[]}', refusal: null, annotations: [] },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage: {
          prompt_tokens: 82,
          completion_tokens: 17,
          total_tokens: 99,
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
        service_tier: 'default',
        system_fingerprint: 'fp_1',
      },
      99,
    ],
    [
      'vLLM',
      {
        id: 'chatcmpl-2',
        object: 'chat.completion',
        created: 1752000000,
        model: 'some/model',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              reasoning_content: 'let me see',
              content: '{"questions":[]}',
              tool_calls: [],
            },
            logprobs: null,
            finish_reason: 'stop',
            stop_reason: null,
          },
        ],
        usage: { prompt_tokens: 5, total_tokens: 9, completion_tokens: 4, prompt_tokens_details: null },
        prompt_logprobs: null,
      },
      9,
    ],
    [
      'llama.cpp',
      {
        choices: [{ finish_reason: 'stop', index: 0, message: { role: 'assistant', content: '{"questions":[]}' } }],
        created: 1752000000,
        model: 'gpt-3.5-turbo',
        system_fingerprint: 'b5000-1',
        object: 'chat.completion',
        usage: { completion_tokens: 4, prompt_tokens: 5, total_tokens: 9 },
        id: 'chatcmpl-3',
        timings: { prompt_n: 5, prompt_ms: 10.5, predicted_n: 4 },
      },
      9,
    ],
    [
      'Ollama, and a service that counts nothing',
      {
        id: 'chatcmpl-4',
        object: 'chat.completion',
        created: 1752000000,
        model: 'small:3b',
        system_fingerprint: 'fp_ollama',
        choices: [{ index: 0, message: { role: 'assistant', content: '{"questions":[]}' }, finish_reason: 'stop' }],
      },
      undefined,
    ],
  ])('reads the answer of %s', async (_what, body, tokens) => {
    const { model } = await play([(response) => response.end(JSON.stringify(body))]);
    const { value, notes, run } = await model.generate({ prompt: 'q' });
    expect(value).toEqual({ text: '{"questions":[]}' });
    expect(notes).toEqual([]);
    expect(run!.usage).toEqual({ calls: 1, ...(tokens !== undefined && { tokens }) });
  });

  const answering = async (body: object) => {
    const choice = { index: 0, message: { role: 'assistant', content: 'A' }, finish_reason: 'stop' };
    const { model } = await play([(response) => response.end(JSON.stringify({ choices: [choice], ...body }))]);
    return model.generate({ prompt: 'q', topLogprobs: 2 });
  };
  const top = (alternatives: unknown) => ({
    choices: [{ message: { content: 'A' }, logprobs: { content: [{ top_logprobs: alternatives }] } }],
  });
  const good = { token: 'A', logprob: -0.5 };

  it.each([
    ['an object', {}, undefined],
    ['a text', 'A', undefined],
    ['none', [], undefined],
    ['null among them', [null, good], [good]],
    ['a token that is no text', [{ token: 5, logprob: -1 }, good], [good]],
    ['a logprob that is no number', [good, { token: 'B', logprob: '-1' }, { token: 'C', logprob: null }], [good]],
    ['nothing usable', [{ token: 5, logprob: '-1' }], undefined],
  ])('reads no more of the first tokens than is there: %s', async (_what, alternatives, firstTokens) => {
    expect((await answering(top(alternatives))).value).toEqual({ text: 'A', ...(firstTokens && { firstTokens }) });
  });

  it.each([
    ['texts', { prompt_tokens: '12', completion_tokens: '3' }, undefined],
    ['a text and a number', { prompt_tokens: '12', completion_tokens: 3 }, 3],
    ['null', { prompt_tokens: null, completion_tokens: 3 }, 3],
    ['no object', 7, undefined],
  ])('counts the tokens that are numbers: %s', async (_what, usage, tokens) => {
    expect((await answering({ usage })).run!.usage).toEqual({ calls: 1, ...(tokens !== undefined && { tokens }) });
  });

  it('reads any answer there can be: a value, or a SecondpassError', async () => {
    let body = '';
    const { model } = await play([(response) => response.end(body)], { retries: 0 });
    const any = fc.jsonValue({ maxDepth: 2 });
    const token = fc.oneof(any, fc.record({ token: any, logprob: any }));
    const choice = fc.record(
      {
        finish_reason: any,
        message: fc.oneof(any, fc.record({ content: fc.oneof(fc.string(), any), refusal: any })),
        logprobs: fc.oneof(any, fc.record({ content: fc.array(fc.record({ top_logprobs: fc.array(token) })) })),
      },
      { requiredKeys: ['message'] },
    );
    const completion = fc.record({
      choices: fc.oneof(any, fc.array(choice, { minLength: 1, maxLength: 1 })),
      usage: fc.oneof(any, fc.record({ prompt_tokens: any, completion_tokens: any })),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(any, { arbitrary: completion, weight: 4 }), async (said) => {
        body = JSON.stringify(said);
        const answer = await model.generate({ prompt: 'q' }).catch((error: unknown) => error);
        if (SecondpassError.isInstance(answer)) return;
        const { value, run } = answer as Awaited<ReturnType<typeof model.generate>>;
        expect(value.text).toBeTypeOf('string');
        expect(['number', 'undefined']).toContain(typeof run!.usage!.tokens);
        for (const one of value.firstTokens ?? []) {
          expect(one).toEqual({ token: expect.any(String), logprob: expect.any(Number) });
        }
      }),
    );
  });
});

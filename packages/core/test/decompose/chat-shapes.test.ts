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
});

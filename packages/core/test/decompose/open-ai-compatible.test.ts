import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { openAICompatible } from '@secondpass/core/models';
import { cut, half, play, says, stall, status, type Play } from './chat-service.ts';

describe('openAICompatible', () => {
  it('asks in the shape of chat completions, and reads the answer', async () => {
    const top = { logprobs: { content: [{ top_logprobs: [{ token: 'A', logprob: -0.1, bytes: [65] }] }] } };
    const { model, asked } = await play([says('A', top)], { apiKey: 'sk-1', headers: { 'x-team': 'search' } });
    const schema = { type: 'object' };
    const answer = await model.generate({ system: 'be brief', prompt: 'hello', schema, maxTokens: 5, topLogprobs: 2 });
    expect(answer.value).toEqual({ text: 'A', firstTokens: [{ token: 'A', logprob: -0.1 }] });
    expect(answer.run).toMatchObject({ by: 'tiny', usage: { calls: 1, tokens: 10 } });
    expect(asked[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-1', 'x-team': 'search' },
      body: {
        model: 'tiny',
        temperature: 0,
        max_tokens: 5,
        logprobs: true,
        top_logprobs: 2,
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hello' },
        ],
        response_format: { type: 'json_schema', json_schema: { strict: true, schema } },
      },
    });
  });

  it('sends images as data', async () => {
    const { model, asked } = await play([says('ok')]);
    await model.generate({
      prompt: [
        { type: 'text', text: 'see' },
        { type: 'image', mediaType: 'image/png', data: new Uint8Array([1, 2]) },
      ],
    });
    expect(asked[0]!.body.messages[0]!.content[1]).toEqual({
      type: 'image_url',
      image_url: { url: 'data:image/png;base64,AQI=' },
    });
    expect(asked[0]!.body).not.toHaveProperty('response_format');
  });

  it('asks without the format where a service refuses it, with a note', async () => {
    const { model, asked } = await play([status(400), says('{}')], { retries: 0 });
    const { notes, value } = await model.generate({ prompt: 'q', schema: {} });
    expect(value.text).toBe('{}');
    expect(notes).toMatchObject([{ code: 'not-structured' }]);
    expect(asked[1]!.body).not.toHaveProperty('response_format');
    await expect((await play([status(400)])).model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed' });
  });

  it('asks once more without the format, and not for ever', async () => {
    const { model, asked } = await play([status(422)], { retries: 2 });
    await expect(model.generate({ prompt: 'q', schema: {} })).rejects.toMatchObject({
      code: 'failed',
      retryable: false,
    });
    expect(asked).toHaveLength(2);
    // The refused format costs none of the tries.
    const second = await play([status(400), status(500), says('there')], { retries: 1 });
    expect((await second.model.generate({ prompt: 'q', schema: {} })).value.text).toBe('there');
  });

  it.each([
    ['json-object', { response_format: { type: 'json_object' } }],
    ['none', {}],
  ] as const)('holds a model to %s', async (structured, format) => {
    const { model, asked } = await play([says('{}')], { structured });
    await model.generate({ prompt: 'q', schema: { type: 'object' } });
    expect(asked[0]!.body).toEqual({
      model: 'tiny',
      temperature: 0,
      messages: [{ role: 'user', content: 'q' }],
      ...format,
    });
  });

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

  it.each([
    ['429', status(429, { 'retry-after': '0' })],
    ['500', status(500)],
    ['503', status(503)],
    ['a cut connection', cut],
    ['an answer that breaks off', half],
  ])('tries again after %s', async (_what, failure) => {
    const { model, asked } = await play([failure, says('there')]);
    expect((await model.generate({ prompt: 'q' })).value.text).toBe('there');
    expect(asked).toHaveLength(2);
  });

  it('waits as long as it is told', async () => {
    const { model } = await play([status(429, { 'retry-after': '1' }), says('there')]);
    const started = Date.now();
    await model.generate({ prompt: 'q' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(950);
  });

  it('waits until the time it is told, and an abort ends the waiting', async () => {
    const soon = new Date(Date.now() + 3500).toUTCString();
    const { model } = await play([status(503, { 'retry-after': soon }), says('there')]);
    const started = Date.now();
    await model.generate({ prompt: 'q' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
    const busy = await play([status(429, { 'retry-after': '20' })]);
    const asked = Date.now();
    await expect(busy.model.generate({ prompt: 'q' }, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(Date.now() - asked).toBeLessThan(10_000);
    // Nobody wants to wait that long; the caller is told instead.
    const asleep = await play([status(429, { 'retry-after': '3600' })]);
    await expect(asleep.model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'overloaded', retryable: true });
    expect(asleep.asked).toHaveLength(1);
  });

  it('tries three times in all unless told otherwise', async () => {
    const { model, asked } = await play([cut]);
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed', retryable: true });
    expect(asked).toHaveLength(3);
  });

  it('reads no answer without end', async () => {
    const { model } = await play(
      [
        (response) => {
          response.on('error', () => {});
          const pour = (): void => {
            while (!response.destroyed && response.write('x'.repeat(65_536)));
            if (!response.destroyed) response.once('drain', pour);
          };
          pour();
        },
      ],
      { retries: 0, timeoutMs: 20_000 },
    );
    await expect(model.generate({ prompt: 'q' })).rejects.toThrow(/longer than 4000000/);
  });

  it('gives up where waiting would pass the deadline, or the tries are spent', async () => {
    const busy = await play([status(429, { 'retry-after': '30' })]);
    await expect(busy.model.generate({ prompt: 'q' }, { deadline: Date.now() + 25_000 })).rejects.toMatchObject({
      code: 'overloaded',
      retryable: true,
    });
    expect(busy.asked).toHaveLength(1);
    const broken = await play([status(500)], { retries: 1 });
    await expect(broken.model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed' });
    expect(broken.asked).toHaveLength(2);
    const unauthorised = await play([status(401)], { apiKey: 'sk-secret' });
    const error = await unauthorised.model.generate({ prompt: 'my question' }).catch((cause: unknown) => cause);
    expect(unauthorised.asked).toHaveLength(1);
    expect(String(error)).toContain('401');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/sk-secret|my question/);
  });

  it('stalls no longer than its timeout, the deadline, or the caller allows', async () => {
    const { model } = await play([stall], { timeoutMs: 50, retries: 0 });
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'timed-out' });
    const patient = await play([stall]);
    await expect(patient.model.generate({ prompt: 'q' }, { deadline: Date.now() + 50 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await expect(patient.model.generate({ prompt: 'q' }, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(patient.model.generate({ prompt: 'q' }, { deadline: Date.now() - 1 })).rejects.toMatchObject({
      code: 'timed-out',
    });
  });

  it.each([
    ['a refusal', says(null, {}, { refusal: 'I cannot help with that.' }), /refused/],
    ['a filtered answer', says('x', { finish_reason: 'content_filter' }), /filtered/],
    ['no message', says(null), /without a message/],
    ['no JSON', ((response: ServerResponse) => response.end('<html>')) as Play, /no JSON/],
    ['a redirect', status(302, { location: 'http://127.0.0.1:9/' }), /could not be reached/],
    ['no choice', ((response: ServerResponse) => response.end('{"choices":[]}')) as Play, /without a message/],
    ['null', ((response: ServerResponse) => response.end('null')) as Play, /without a message/],
  ])('throws for %s', async (_what, reply, message) => {
    const { model } = await play([reply], { retries: 0 });
    await expect(model.generate({ prompt: 'q' })).rejects.toThrow(message);
  });

  it('follows no redirect, which could carry the key elsewhere', async () => {
    const { model, asked } = await play([status(307, { location: '/v1/elsewhere' }), says('followed')], {
      apiKey: 'sk-1',
      retries: 0,
    });
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed' });
    expect(asked).toHaveLength(1);
  });

  it('notes an answer cut at the token limit', async () => {
    const { model } = await play([says('{"questions": ["a', { finish_reason: 'length' })]);
    expect((await model.generate({ prompt: 'q' })).notes).toMatchObject([{ code: 'truncated' }]);
  });

  it.each([
    ['no URL', { baseUrl: 'localhost' }],
    ['another protocol', { baseUrl: 'file:///etc/' }],
    ['credentials in the URL', { baseUrl: 'https://a:b@host/v1' }],
    ['a key over plain http to another machine', { baseUrl: 'http://models.example/v1', apiKey: 'k' }],
    ['no model', { model: '' }],
    ['an unknown option', { key: 'k' }],
    ['an unknown mode', { structured: 'yaml' }],
  ])('refuses %s', (_what, options) => {
    const wrong = { baseUrl: 'http://127.0.0.1/v1', model: 'tiny', ...options } as never;
    expect(() => openAICompatible(wrong)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it.each(['http://localhost:1/v1', 'http://127.8.9.1/v1/', 'http://[::1]:8080/v1', 'https://models.example/v1'])(
    'takes a key for %s',
    (baseUrl) => {
      expect(openAICompatible({ baseUrl, model: 'tiny', apiKey: 'k' }).name).toBe('tiny');
    },
  );

  it('takes a key over plain http when told that it may', () => {
    const told = { baseUrl: 'http://models.example/v1', model: 'tiny', apiKey: 'k', insecure: true };
    expect(openAICompatible(told).name).toBe('tiny');
  });
});

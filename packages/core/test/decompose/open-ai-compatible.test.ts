import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openAICompatible } from '@secondpass/core/models';
import { play, says, status, type Play } from './chat-service.ts';

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

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
    const { notes, value, run } = await model.generate({ prompt: 'q', schema: {} });
    expect(value.text).toBe('{}');
    expect(run!.usage).toMatchObject({ calls: 2 });
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
    const { value, run } = await second.model.generate({ prompt: 'q', schema: {} });
    expect([value.text, run!.usage!.calls]).toEqual(['there', 3]);
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

  it.each([
    ['a refusal', says(null, {}, { refusal: 'I cannot help with that.' }), /refused/],
    ['a filtered answer', says('x', { finish_reason: 'content_filter' }), /filtered/],
    ['no message', says(null), /without a message/],
    ['no JSON', ((response: ServerResponse) => response.end('<html>')) as Play, /no JSON/],
    ['a redirect', status(302, { location: 'http://127.0.0.1:9/' }), /redirect/],
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

  it.each([
    ['a key of two lines', { apiKey: 'sk-secret\nsecond line' }],
    ['a key with a character that headers cannot carry', { apiKey: 'sk-secret\u2026' }],
    ['a header of two lines', { headers: { 'api-key': 'sk-secret\nx' } }],
    ['a header name that is none', { headers: { 'api key': 'sk-secret' } }],
    ['an address that is none', { baseUrl: 'https://user:sk-secret@host:port/v1' }],
  ])('refuses %s, and does not quote it', (_what, options) => {
    const refused = caught(() => openAICompatible({ baseUrl: 'http://127.0.0.1/v1', model: 'tiny', ...options }));
    expect(refused).toMatchObject({ code: 'invalid-argument', retryable: false });
    expect(inspect(refused)).not.toContain('secret');
  });

  it.each([200, 401, 500])('quotes no key that a service answers with (status %i)', async (code) => {
    const echo: Play = (response, { headers }) => response.writeHead(code).end(headers.authorization);
    const { model } = await play([echo], { apiKey: 'sk-secret', retries: 0 });
    const refused: unknown = await model.generate({ prompt: 'q' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'failed' });
    expect(inspect(refused, { depth: 9 })).not.toContain('secret');
  });

  it('takes a key with a line end after it, as a file has one', async () => {
    const { model, asked } = await play([says('ok')], { apiKey: 'sk-1\n' });
    await model.generate({ prompt: 'q' });
    expect(asked[0]!.headers.authorization).toBe('Bearer sk-1');
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

// Conversations with a real llama.cpp server and a real, very small model, recorded by test/golden/chat/record.mjs. What
// the client sends must be what was sent then, to the word; what it makes of the replies was judged by reading them.
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import * as core from '@secondpass/core';
import { conversations } from '../../../../test/golden/chat/conversations.mjs';
import { play } from './chat-service.ts';

interface Exchange {
  readonly request: { readonly path: string; readonly body: object };
  readonly response: { readonly status: number; readonly type: string; readonly body: string };
}
const file = new URL('../../../../test/golden/chat/llama-server.json', import.meta.url);
const recorded = (JSON.parse(readFileSync(file, 'utf8')) as { conversations: Record<string, Exchange[]> })
  .conversations;

async function replayed(name: string) {
  const { options, route = '/v1', run } = conversations[name]!;
  const exchanges = recorded[name]!;
  const plays = exchanges.map(({ response: { status, type, body } }) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  const { model, asked } = await play(
    plays,
    { model: 'SmolLM2-135M-Instruct', apiKey: 'sk-recorded', ...options },
    route,
  );
  const outcome = await run(core, model).catch((error: unknown) => error as core.SecondpassError);
  expect(asked.map(({ path, body }) => ({ path, body }))).toEqual(exchanges.map(({ request }) => request));
  return outcome;
}

const rivers = [{ text: 'How long is the Rhine?' }, { text: 'How long is the Danube?' }];
const mountains = [{ text: 'How high is Mont Blanc?' }, { text: 'How high is Elbrus?' }];
const dune = [{ text: 'Who is the author of the novel Dune?' }, { text: 'In which country was #1 born?', needs: [0] }];

describe('a recorded conversation', () => {
  it.each<[name: string, value: unknown, notes: readonly string[]]>([
    ['structured: one question stays one', [], []],
    ['structured: a list', [{ text: 'Who was the mother of the Night Watch?' }], []],
    // Cut JSON holds no questions, and rules take over.
    ['structured: the same again and again, to the limit', rivers, ['truncated', 'malformed-answer']],
    ['structured: examples of the prompt', dune, ['truncated', 'malformed-answer']],
    ['JSON object: objects in place of questions', mountains, ['truncated', 'malformed-answer']],
    ['held to nothing: the question again', mountains, ['malformed-answer']],
    ['an answer from passages', 'Steven Spielberg', []],
    ['truncated JSON', { text: '{\n  "questions": [\n    "' }, ['truncated']],
    [
      'a refusal in prose',
      { text: expect.stringMatching(/^I'm sorry for any confusion, but/) as string },
      ['truncated'],
    ],
    ['a schema that the service cannot use', { text: expect.any(String) as string }, ['not-structured', 'truncated']],
  ])('%s', async (name, value, notes) => {
    const outcome = await replayed(name);
    expect(outcome).not.toBeInstanceOf(Error);
    const answer = outcome as core.Answer<unknown>;
    expect(answer.value).toEqual(value);
    expect(answer.notes?.map(({ code }) => code) ?? []).toEqual(notes);
  });

  it('a code fence, with prose around, is read as the questions in it', async () => {
    const { value } = (await replayed('a code fence, with prose around')) as core.Answer<{ readonly text: string }>;
    expect(value.text).toMatch(/^Here is .*```json[^`]*```\n\nThis is/s);
    const said: core.LanguageModel = { name: 'said', generate: async () => ({ value: { text: value.text } }) };
    const parts = await core.decomposeByLanguageModel(said).decompose('Where was the director of Jaws born?');
    expect(parts.value).toEqual([{ text: 'Who directed Jaws?' }, { text: 'Where was #1 born?', needs: [0] }]);
    expect(parts.notes).toEqual([]);
  });

  it('log-probabilities of the first token, likeliest first', async () => {
    const outcome = (await replayed('log-probabilities of the first token')) as core.Answer<{
      readonly firstTokens: readonly { readonly token: string; readonly logprob: number }[];
    }>;
    const { firstTokens } = outcome.value;
    expect(firstTokens.map(({ token }) => token)).toEqual(['No', 'Paris', 'Yes', 'I', 'S']);
    const total = firstTokens.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
    expect(total).toBeGreaterThan(0.5);
    expect(total).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a prompt longer than the context', 400],
    ['a wrong key', 401],
    ['a route that is not there', 404],
  ])('%s is an error that names the status %i and holds neither key nor prompt', async (name, status) => {
    const error = (await replayed(name)) as core.SecondpassError;
    expect(error).toBeInstanceOf(core.SecondpassError);
    expect(error.code).toBe('failed');
    expect(error.message).toBe(`SmolLM2-135M-Instruct answered with status ${status}.`);
  });

  it('is replayed for every one that was recorded', () => {
    expect(Object.keys(recorded)).toEqual(Object.keys(conversations));
    expect(Object.keys(recorded)).toHaveLength(15);
  });
});

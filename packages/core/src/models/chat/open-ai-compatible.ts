import { checkInteger, checkNumber, checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';
import type { LanguageModel } from '../../search-types.ts';
import type { Content, Note } from '../../types.ts';
import { wait } from '../../wait.ts';
import { readAnswer } from './completion.ts';
import { askOnce, endpoint, headersOf, type ChatService } from './service.ts';

export interface OpenAICompatibleOptions {
  /** Where the service's routes begin, usually ending in `/v1`: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string | URL;
  /** Its name, as the server knows it. */
  readonly model: string;
  /** Sent as a bearer token. Only over https, or to this machine, unless `insecure` says otherwise. */
  readonly apiKey?: string | undefined;
  /** Sent with each request, beside those of the protocol. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How an answer is held to a schema: the service's `json_schema` mode (default), its `json_object` mode, or not at all. */
  readonly structured?: 'json-schema' | 'json-object' | 'none' | undefined;
  /** Default 0: the likeliest answer. */
  readonly temperature?: number | undefined;
  /** How long one try may take, in milliseconds, within the deadline. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a try is repeated after 429, 5xx, or a lost connection. Default 2. A pause that would pass the deadline, or
   * for which the service wants more than a minute, is not made: then the error comes at once.
   */
  readonly retries?: number | undefined;
  /** Allows the key over plain http to another machine. Default false. */
  readonly insecure?: boolean | undefined;
}

/** No pause is longer, in milliseconds; a service that asks for a longer one is not asked again. */
const longestPause = 60_000;
const optionNames = 'baseUrl model apiKey headers structured temperature timeoutMs retries insecure'.split(' ');

/**
 * A chat model behind the chat-completions API that Ollama, vLLM, llama.cpp, LM Studio and hosted services share, over
 * `fetch` alone.
 *
 * A service that refuses the structured mode (status 400 or 422) is asked once more without it, with a `not-structured`
 * note. Redirects are not followed: they could carry the key elsewhere. Errors never hold the key or the prompt.
 * @throws SecondpassError `invalid-argument` for an impossible option. From `generate`: `failed` for a refusal, an answer
 *   that is none, a redirect, or an error status; `timed-out`; `overloaded` when the service said so to the end.
 *   `retryAfterMs` says how long the service asked us to wait, where it did
 */
export function openAICompatible(options: OpenAICompatibleOptions): LanguageModel {
  checkOptionNames(options, optionNames, 'openAICompatible()');
  const { model, apiKey, headers = {}, structured = 'json-schema', temperature = 0 } = options;
  const { timeoutMs = 60_000, retries = 2, insecure = false } = options;
  checkNumber('temperature', temperature, 0);
  checkNumber('timeoutMs', timeoutMs, 1);
  checkInteger('retries', retries, 0);
  if (typeof model !== 'string' || model === '') {
    throw new SecondpassError('invalid-argument', 'openAICompatible() needs the name of a model.');
  }
  if (!['json-schema', 'json-object', 'none'].includes(structured)) {
    throw new SecondpassError(
      'invalid-argument',
      `structured is "${structured}"; known: json-schema, json-object, none.`,
    );
  }
  const url = endpoint(options.baseUrl, apiKey !== undefined && !insecure);
  const service: ChatService = { model, url, headers: headersOf(headers, apiKey), timeoutMs };

  return {
    name: model,
    async generate(request, call) {
      const started = performance.now();
      const notes: Note[] = [];
      const body = {
        model,
        temperature,
        messages: [
          ...(request.system === undefined ? [] : [{ role: 'system', content: request.system }]),
          { role: 'user', content: chatContent(request.prompt) },
        ],
        ...(request.maxTokens !== undefined && { max_tokens: request.maxTokens }),
        ...(request.topLogprobs !== undefined && { logprobs: true, top_logprobs: request.topLogprobs }),
      };
      let format = request.schema === undefined ? undefined : responseFormat(structured, request.schema);
      for (let calls = 1, tried = 1; ; calls++) {
        const reply = await askOnce(service, { ...body, ...format }, call);
        if ('error' in reply) {
          const { error, refusedFormat } = reply;
          if (refusedFormat && format) {
            format = undefined;
            const message = `${model} does not take a response format; it was asked without.`;
            notes.push({ code: 'not-structured', by: model, message });
            continue;
          }
          const pause = pauseAfter(error, tried++);
          if (pause === undefined || Date.now() + pause >= (call?.deadline ?? Infinity)) throw error;
          await wait(pause, call?.signal);
          continue;
        }
        const { text, firstTokens, truncated, tokens } = readAnswer(reply.completion, model);
        if (truncated) {
          const message = `${model} stopped at its token limit; the answer is cut short.`;
          notes.push({ code: 'truncated', by: model, message });
        }
        const usage = { calls, ...(tokens !== undefined && { tokens }) };
        return {
          value: { text, ...(firstTokens && { firstTokens }) },
          notes,
          run: { by: model, model, durationMs: performance.now() - started, usage },
        };
      }
    },
  };

  /** Milliseconds until the next try; undefined if there should be none. */
  function pauseAfter({ retryable, retryAfterMs = 0 }: SecondpassError, tries: number): number | undefined {
    if (!retryable || tries > retries || retryAfterMs > longestPause) return undefined;
    const backoff = 250 * 2 ** (tries - 1) * (0.5 + Math.random());
    return Math.max(Math.min(longestPause, backoff), retryAfterMs);
  }
}

function chatContent(prompt: Content): unknown {
  if (typeof prompt === 'string') return prompt;
  return prompt.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const url =
      part.data instanceof URL
        ? part.data.href
        : `data:${part.mediaType};base64,${Buffer.from(part.data).toString('base64')}`;
    return { type: 'image_url', image_url: { url } };
  });
}

function responseFormat(mode: string, schema: object): object | undefined {
  if (mode === 'none') return undefined;
  if (mode === 'json-object') return { response_format: { type: 'json_object' } };
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } };
}

// Longer than most: one request and when to ask again are read best side by side.
import { checkInteger, checkNumber, checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import type { LanguageModel } from '../search-types.ts';
import type { CallOptions, Content, Note } from '../types.ts';
import { bearer } from './bearer.ts';
import { parseCompletion, readAnswer, textOfResponse, type Completion } from './chat-completion.ts';
import { retryAfterOf } from './retry-after.ts';
import { wait } from '../wait.ts';

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
/** The longest that a timer can wait. */
const longestTimer = 2 ** 31 - 1;
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
  const sent = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(headers)) setHeader(sent, name, value);
  if (apiKey) sent.set('authorization', bearer(apiKey, 'apiKey'));

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
        const reply = await once({ ...body, ...format }, call);
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

  /** One try. An error that stands in the answer may be worth another one; one that is thrown is not. */
  async function once(
    body: object,
    call: CallOptions | undefined,
  ): Promise<
    { readonly completion: Completion } | { readonly error: SecondpassError; readonly refusedFormat?: boolean }
  > {
    call?.signal?.throwIfAborted();
    const left = Math.min(timeoutMs, (call?.deadline ?? Infinity) - Date.now());
    if (left <= 0) throw new SecondpassError('timed-out', `The deadline passed before ${model} was asked.`);
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), Math.min(longestTimer, Math.ceil(left)));
    const off = onAbort(call?.signal, () => end.abort(call!.signal!.reason));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: sent,
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: end.signal,
      });
      const text = await textOfResponse(response);
      if (response.ok) return { completion: parseCompletion(text, model) };
      const { status } = response;
      const fact = `${model} answered with status ${status}`;
      if (status >= 300 && status < 400) {
        const way = 'a redirect, which is not followed; baseUrl must name the service itself';
        return { error: new SecondpassError('failed', `${fact}, ${way}.`) };
      }
      const busy = status === 429 || status === 503;
      const error = new SecondpassError(busy ? 'overloaded' : 'failed', `${fact}.`, {
        retryable: busy || status >= 500,
        retryAfterMs: retryAfterOf(response),
      });
      return { error, refusedFormat: status === 400 || status === 422 };
    } catch (cause) {
      call?.signal?.throwIfAborted();
      if (SecondpassError.isInstance(cause)) throw cause;
      if (end.signal.aborted) {
        throw new SecondpassError('timed-out', `${model} did not answer within ${Math.round(left)} ms.`, { cause });
      }
      const message = `${model} could not be reached at ${url.host}.`;
      return { error: new SecondpassError('failed', message, { cause, retryable: true }) };
    } finally {
      clearTimeout(timer);
      off();
    }
  }
}

/** The error of `Headers` would quote the value, which may be a key. */
function setHeader(sent: Headers, name: string, value: string): void {
  try {
    sent.set(name, value);
  } catch {
    const fact = `The header ${JSON.stringify(name)} has a name or a value that HTTP cannot carry`;
    throw new SecondpassError('invalid-argument', `${fact}: it must be one line of ASCII or Latin-1 characters.`);
  }
}

function endpoint(baseUrl: string | URL, keyNeedsCare: boolean): URL {
  let base: URL;
  try {
    base = new URL(String(baseUrl).replace(/\/{0,9}$/, '/'));
  } catch {
    // The platform's own error holds what it was given, which may hold a password.
    throw new SecondpassError('invalid-argument', 'baseUrl is no URL; it looks like http://127.0.0.1:11434/v1.');
  }
  if (!/^https?:$/.test(base.protocol) || base.username !== '' || base.password !== '') {
    throw new SecondpassError(
      'invalid-argument',
      'baseUrl must be http or https, without credentials; pass apiKey for those.',
    );
  }
  const here = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);
  if (keyNeedsCare && base.protocol === 'http:' && !here) {
    throw new SecondpassError(
      'invalid-argument',
      `The apiKey would travel to ${base.host} unencrypted; use https, or say insecure: true.`,
    );
  }
  return new URL('chat/completions', base);
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

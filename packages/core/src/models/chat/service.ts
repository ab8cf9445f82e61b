import { SecondpassError } from '../../errors.ts';
import { onAbort } from '../../on-abort.ts';
import type { CallOptions } from '../../types.ts';
import { bearer } from '../http/bearer.ts';
import { parseCompletion, textOfResponse, type Completion } from './completion.ts';
import { retryAfterOf } from '../http/retry-after.ts';

/** Where a chat model is asked, and what goes with each request. */
export interface ChatService {
  readonly model: string;
  readonly url: URL;
  readonly headers: Headers;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** The longest that a timer can wait. */
const longestTimer = 2 ** 31 - 1;

/** One try. An error that stands in the answer may be worth another one; one that is thrown is not. */
export async function askOnce(
  { model, url, headers, timeoutMs }: ChatService,
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
      headers,
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

export function headersOf(given: Readonly<Record<string, string>>, apiKey: string | undefined): Headers {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(given)) setHeader(headers, name, value);
  if (apiKey) headers.set('authorization', bearer(apiKey, 'apiKey'));
  return headers;
}

/** The error of `Headers` would quote the value, which may be a key. */
function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    const fact = `The header ${JSON.stringify(name)} has a name or a value that HTTP cannot carry`;
    throw new SecondpassError('invalid-argument', `${fact}: it must be one line of ASCII or Latin-1 characters.`);
  }
}

/** @param keyNeedsCare a key goes with it, which must not travel unencrypted */
export function endpoint(baseUrl: string | URL, keyNeedsCare: boolean): URL {
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

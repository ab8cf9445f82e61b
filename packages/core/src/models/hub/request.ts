import { SecondpassError } from '../../errors.ts';
import { bearer } from '../http/bearer.ts';
import { proxyHint } from './proxy.ts';
import type { HubSettings } from './settings.ts';
import { retryAfterOf } from '../http/retry-after.ts';
import { wait } from '../../wait.ts';

export interface HubRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for, for messages: `model owner/name`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a single byte after which a connection counts as stalled. Default 30,000. */
  readonly stallMs?: number | undefined;
}

/** Milliseconds without a single byte after which a connection counts as stalled, if nobody says otherwise. */
export const defaultStallMs = 30_000;
const maximumRedirects = 5;
const maximumWaitMs = 60_000;

/**
 * One GET, redirects followed by hand so that the token never reaches another host, with the hub's errors in words.
 * @returns a response with status 200, 206 or 416, whose body has not been read
 * @throws SecondpassError `unknown-model` (401, 403, 404); `invalid-argument` for a token that no header can carry; else
 *   `failed`, `retryable` for 429, 5xx and broken connections
 */
export async function hubGet(settings: HubSettings, request: HubRequest): Promise<Response> {
  const home = new URL(settings.endpoint);
  let url = new URL(request.url);
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const headers: Record<string, string> = { 'user-agent': 'secondpass', ...request.headers };
    if (settings.token && mayCarryToken(url, home)) {
      const what = 'The access token (option token, HF_TOKEN, or the file at HF_TOKEN_PATH or $HF_HOME/token)';
      headers['authorization'] = bearer(settings.token, what);
    }
    const response = await fetchOnce(url, headers, request);
    if (![301, 302, 303, 307, 308].includes(response.status)) return refuse(response, settings, request);
    await response.body?.cancel();
    const location = response.headers.get('location');
    const next = location === null ? undefined : safeUrl(location, url);
    if (!next || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      throw new SecondpassError(
        'failed',
        `The hub redirected ${request.what} to an address that cannot be followed safely (${location ?? 'none'}).`,
      );
    }
    url = next;
  }
  throw new SecondpassError('failed', `The hub redirected ${request.what} more than ${maximumRedirects} times.`);
}

/** Retries `work` while its error is retryable: after what the server asked for (Retry-After), else 0.5 s, 1 s, 2 s … with jitter. */
export async function withHubRetries<T>(
  work: () => Promise<T>,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= retries || signal?.aborted || !SecondpassError.isInstance(error) || !error.retryable) throw error;
      const { retryAfterMs: asked } = error;
      if (asked !== undefined && asked > maximumWaitMs) throw error;
      await wait(asked ?? 500 * 2 ** attempt * (0.75 + Math.random() / 2), signal);
    }
  }
}

/** The token goes to the hub's own origin, and over plain http only to this machine. */
function mayCarryToken(url: URL, home: URL): boolean {
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.origin === home.origin && (url.protocol === 'https:' || loopback);
}

function safeUrl(location: string, base: URL): URL | undefined {
  const url = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}

async function fetchOnce(
  url: URL,
  headers: Record<string, string>,
  { what, signal, stallMs = defaultStallMs }: HubRequest,
): Promise<Response> {
  signal?.throwIfAborted();
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallMs);
  try {
    const signals = signal ? [signal, stall.signal] : [stall.signal];
    return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    const why = stall.signal.aborted ? `no answer within ${stallMs} ms` : causeOf(error);
    throw new SecondpassError(
      'failed',
      `${url.host} could not be reached for ${what}: ${why}. Check the network, or set HF_ENDPOINT to a mirror; a model that is already in the cache loads with offline: true, or HF_HUB_OFFLINE=1.${proxyHint(url)}`,
      { cause: error, retryable: true },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The innermost message of a failed fetch: undici hides it behind "fetch failed". */
export function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

async function refuse(response: Response, settings: HubSettings, { what }: HubRequest): Promise<Response> {
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return response;
  await response.body?.cancel();
  if (status === 401 || status === 403) {
    const way = settings.token
      ? 'the token was refused: check that it is valid and that its owner has accepted the terms of the model'
      : 'it is private, gated or does not exist: check the name, or set HF_TOKEN to an access token';
    throw new SecondpassError('unknown-model', `The hub answered ${status} for ${what}: ${way}.`);
  }
  if (status === 404)
    throw new SecondpassError('unknown-model', `The hub has no ${what} (404): check owner, name, revision and file.`);
  throw new SecondpassError(
    'failed',
    `The hub answered ${status} for ${what}${status === 429 ? ': too many requests, try again later' : ''}.`,
    { retryable: status === 429 || status >= 500, retryAfterMs: retryAfterOf(response) },
  );
}

import { readFileSync } from 'node:fs';
import type { estypes } from '@elastic/elasticsearch';

interface Recording {
  readonly question: string;
  readonly responses: Readonly<
    Record<string, { request: estypes.SearchRequest; response: estypes.SearchResponse<Note> }>
  >;
  readonly missing: object;
}

export interface Note {
  readonly title: string;
  readonly body: string;
  readonly summary?: string;
  readonly group: string;
  readonly number: number;
  readonly clicks?: number;
  readonly published: string;
  readonly parts: readonly { readonly text: string }[];
  readonly place: { readonly hive: number; readonly weather: string };
}

/** Real responses of the test server: `node packages/elasticsearch/test/recorded/record.mjs` makes them anew. */
export const recording: Recording = JSON.parse(
  readFileSync(new URL('responses.json', import.meta.url), 'utf8'),
) as Recording;

/** A fresh copy, frozen through and through. */
export function recorded(name: string): estypes.SearchResponse<Note> {
  return frozen(structuredClone(recording.responses[name]!.response));
}

export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** What was sent, and one client that answers as the server did: from the recording, cut as `from` and `size` say. */
export class RecordedClient {
  readonly sent: { readonly params: Record<string, unknown>; readonly options: unknown }[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async search(params: object, options?: { meta?: boolean }): Promise<unknown> {
    this.sent.push({ params: params as Record<string, unknown>, options });
    const { from = 0, size = 10 } = params as { from?: number; size?: number };
    const whole = recorded(this.#name);
    const body = frozen({ ...whole, hits: { ...whole.hits, hits: whole.hits.hits.slice(from, from + size) } });
    return options?.meta ? { body, statusCode: 200, headers: {}, warnings: null, meta: {} } : body;
  }
}

import type { SearchParams } from '../client/search-client.ts';

/** The most hits that a search can be asked for, and what of the request says so. */
export interface HitLimit {
  readonly most: number;
  /** For messages: `rrf`. */
  readonly name: string;
  /** For messages: `rank_window_size`. */
  readonly setting: string;
}

/** Elasticsearch's default for `rank_window_size` and for the `window_size` of a rescorer. */
const defaultWindowSize = 10;
/** Retrievers that search themselves. All others are made of retrievers, and refuse a `size` above their own window. */
const leaves: ReadonlySet<string> = new Set(['standard', 'knn']);

/**
 * How many hits the `retriever` (or the older `rank`) of a request gives at most: its `rank_window_size`, for
 * `rescorer` the smallest `window_size`. A request with a larger `size` fails. `undefined` where there is no such
 * limit.
 */
export function hitLimit(request: SearchParams): HitLimit | undefined {
  for (const where of ['retriever', 'rank']) {
    const [name, options] = Object.entries(record(request[where]))[0] ?? [];
    if (name === undefined || leaves.has(name)) continue;
    if (name !== 'rescorer') {
      return { most: windowSize(record(options)['rank_window_size']), name, setting: 'rank_window_size' };
    }
    const sizes = [record(options)['rescore']].flat().map((rescore) => windowSize(record(rescore)['window_size']));
    return { most: Math.min(...sizes), name, setting: 'window_size' };
  }
  return undefined;
}

function windowSize(given: unknown): number {
  return Number.isInteger(given) && (given as number) >= 1 ? (given as number) : defaultWindowSize;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

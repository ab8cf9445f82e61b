import { createHash } from 'node:crypto';
import { ownTurn } from '../turns.ts';
import type { Outcome } from './call-state.ts';
import type { TextVectors } from './vector-store.ts';

/** How a call ended. Lists of indices are ascending. */
export interface Encoded {
  /** Texts whose batch was lost with its worker, twice. */
  readonly lost: readonly number[];
  /** True if the deadline came first. */
  readonly late: boolean;
  /** Texts and tokens that went through the model. Equal texts go once. */
  readonly texts: number;
  readonly tokens: number;
  /** Texts whose vectors were kept. What another call was just computing counts there. */
  readonly cached: number;
}

/** One call of `encode`: where each of its texts stands, and what became of them so far. */
export interface EncodeCall {
  late: boolean;
  /** Nothing is handed on any more. */
  ended: boolean;
  readonly keys: readonly string[];
  textOf(key: string): string;
  /** Tells the caller of a text's vectors, once for each place that it stands in. `cached`: they were kept. */
  hand(key: string, vectors: TextVectors, cached?: boolean): void;
  /** What came of the texts of `keys`, which the model was asked for. */
  add(keys: readonly string[], outcome: Outcome): void;
  result(): Encoded;
}

/** @param places where each text stands, as `placesOf` says */
export function encodeCall(
  texts: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  visit: (index: number, vectors: TextVectors) => void,
  onProgress?: (done: number) => void,
): EncodeCall {
  const sum = { texts: 0, tokens: 0, cached: 0 };
  const lost: number[] = [];
  let done = 0;
  const call: EncodeCall = {
    late: false,
    ended: false,
    keys: [...places.keys()],
    textOf: (key) => texts[places.get(key)![0]!]!,
    hand(key, vectors, cached = false) {
      if (call.ended) return;
      const indices = places.get(key)!;
      for (const index of indices) visit(index, vectors);
      done += indices.length;
      if (cached) sum.cached += indices.length;
      onProgress?.(done);
    },
    add(keys, outcome) {
      call.late ||= outcome.late;
      sum.texts += outcome.pairs;
      sum.tokens += outcome.tokens;
      for (const index of outcome.lost) lost.push(...places.get(keys[index]!)!);
    },
    result: () => ({ ...sum, lost: lost.sort((a, b) => a - b), late: call.late }),
  };
  return call;
}

/** Where each text stands, by a key that is the same for equal texts of which `most` tokens are read. */
export async function placesOf(texts: readonly string[], most: number): Promise<Map<string, number[]>> {
  const places = new Map<string, number[]>();
  const turn = ownTurn();
  for (const [index, text] of texts.entries()) {
    const key = createHash('sha256').update(`${most} ${text}`).digest('base64');
    if (!places.get(key)?.push(index)) places.set(key, [index]);
    if (turn.over()) await turn.next();
  }
  return places;
}

// Longer than most files: what a call finds, what it computes and what it waits for are one story.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toBytes } from '../maths/byte-matrix.ts';
import type { Note, Run } from '../types.ts';
import { endOfCall } from './end-of-call.ts';
import { textCalls, type TextCallOptions, type TextCallSettings } from './text-calls.ts';
import type { PairTokenizer } from './pair-tokenizer.ts';
import { vectorStore, type TextVectors } from './vector-store.ts';
import { waitingRoom } from './waiting-room.ts';

export type { TextVectors } from './vector-store.ts';

export interface EncodeOptions extends TextCallOptions {
  /** True: the vectors of the tokens, too, and not the text's own alone. Default false. */
  readonly tokens?: boolean | undefined;
  /** Tokens of a text at most, special tokens included. Default, and most: what the encoder reads. */
  readonly maxLength?: number | undefined;
}

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

/** A model that reads a text alone, and what it is called. */
export interface Encoder {
  /** `name@revision:precision` */
  readonly name: string;
  /** What runs, without the figures of a call. */
  readonly run: Run;
  /** Length of its vectors. */
  readonly dim: number;
  /** Tokens of a text at most, special tokens included. */
  readonly maxLength: number;
  /** Token ids that are no text: [CLS], [SEP], [UNK] and their like. */
  readonly specialIds: ReadonlySet<number>;
  /** What is to be known about this copy of the model; scorers say it with every answer. */
  readonly notes: readonly Note[];
  /**
   * Hands on the vectors of each text as they are there, in no certain order; a text is encoded once however many calls
   * ask for it at a time, and not again while its vectors are kept. At the deadline, resolves with `late`; at an abort,
   * rejects with the signal's reason. What `visit` throws fails the call.
   */
  encode(
    texts: readonly string[],
    options: EncodeOptions,
    visit: (index: number, vectors: TextVectors) => void,
  ): Promise<Encoded>;
}

export interface EncoderParts extends TextCallSettings {
  readonly tokenizer: PairTokenizer;
  readonly run: Run;
  readonly dim: number;
  readonly maxLength: number;
  readonly specialIds: ReadonlySet<number>;
  readonly notes: readonly Note[];
  /** How token vectors are kept, and compared: `int8` takes a quarter of the memory. */
  readonly storage: 'float32' | 'int8';
  /** Bytes of vectors that are kept at most. */
  readonly cacheBytes: number;
}

/** Milliseconds of handing on what is known between two turns of the event loop. */
const slice = 4;

export function textEncoder(parts: EncoderParts): Encoder & { warmUp(): Promise<void>; dispose(): Promise<void> } {
  const { tokenizer, run, dim, maxLength, specialIds, notes, storage, cacheBytes, ...settings } = parts;
  const calls = textCalls(settings);
  const store = vectorStore(cacheBytes);

  return {
    name: run.by,
    run,
    dim,
    maxLength,
    specialIds,
    notes,
    async encode(texts, options, visit) {
      calls.disposed.throwIfAborted();
      options.signal?.throwIfAborted();
      const { tokens = false, signal, deadline, onProgress } = options;
      const most = Math.min(maxLength, options.maxLength ?? maxLength);
      const firstOf = new Map<string, number>();
      const copies = new Map<string, number[]>();
      let sliceEnd = performance.now() + slice;
      for (const [index, text] of texts.entries()) {
        const key = createHash('sha256').update(`${most} ${text}`).digest('base64');
        if (!firstOf.has(key)) firstOf.set(key, index);
        else if (!copies.get(key)?.push(index)) copies.set(key, [index]);
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        sliceEnd = performance.now() + slice;
      }
      const placesOf = (key: string): readonly number[] => [firstOf.get(key)!, ...(copies.get(key) ?? [])];
      const sum = { texts: 0, tokens: 0, cached: 0, done: 0 };
      const lost: number[] = [];
      let [ended, late] = [false, false];
      const hand = (key: string, vectors: TextVectors, cached: boolean): void => {
        if (ended) return;
        const places = placesOf(key);
        for (const index of places) visit(index, vectors);
        sum.done += places.length;
        if (cached) sum.cached += places.length;
        onProgress?.(sum.done);
      };

      /** Encodes what this call has claimed, and settles each claim one way or the other. */
      const compute = async (keys: readonly string[]): Promise<void> => {
        const unsettled = new Set(keys);
        const read: { readonly ids: Int32Array; readonly truncated: boolean }[] = [];
        const own = keys.map((key) => texts[firstOf.get(key)!]!);
        const at = new Map(own.map((text, index) => [text, index]));
        try {
          const outcome = await calls.run<Float32Array>(
            own,
            {
              prepare(text) {
                const { pair, truncated } = tokenizer.single(text, most);
                read[at.get(text)!] = { ids: pair.ids, truncated };
                return { pair, truncated };
              },
              read({ data, rows }) {
                let from = 0;
                return Array.from(rows!, (count) => data.subarray(from, (from += count * dim)));
              },
              landed(index, data) {
                const key = keys[index]!;
                const vectors: TextVectors = { vector: data.slice(0, dim), ...read[index]! };
                const full = store.wantsTokens(key) ? { ...vectors, tokens: stored(data) } : vectors;
                delete read[index];
                hand(key, full, false);
                unsettled.delete(key);
                store.settle(key, full);
              },
            },
            { signal, deadline },
          );
          late ||= outcome.late;
          sum.texts += outcome.pairs;
          sum.tokens += outcome.tokens;
          for (const index of outcome.lost) lost.push(...placesOf(keys[index]!));
        } finally {
          for (const key of unsettled) store.release(key);
        }
      };
      const stored = (data: Float32Array): NonNullable<TextVectors['tokens']> => {
        const rows = data.length / dim - 1;
        if (storage === 'int8') return toBytes({ data: data.subarray(dim), rows, cols: dim });
        return { data: data.slice(dim), rows, cols: dim };
      };

      const end = endOfCall([signal, calls.disposed], deadline);
      try {
        // Whoever computed a text that this call waits for may give it up; then it is this call's turn.
        for (let open = [...firstOf.keys()]; open.length > 0 && !late;) {
          const known: { readonly key: string; readonly vectors: TextVectors }[] = [];
          const mine: string[] = [];
          const others = waitingRoom((key, vectors) => hand(key, vectors, false));
          for (const key of open) {
            const vectors = store.get(key, tokens);
            if (vectors) known.push({ key, vectors });
            else if (store.join(key, tokens, others.hear)) others.count++;
            else {
              store.claim(key, tokens);
              mine.push(key);
            }
          }
          const computed = compute(mine);
          const work = Promise.all([others.empty(), computed, handKnown(known)]);
          const how = await Promise.race([end.reached, work]);
          if (how === 'late') {
            late = true;
            // It has the same deadline, and is about to say what it came to.
            await computed;
          } else [open] = how;
        }
        return { lost: lost.sort((a, b) => a - b), late, texts: sum.texts, tokens: sum.tokens, cached: sum.cached };
      } finally {
        ended = true;
        end.forget();
      }

      async function handKnown(known: readonly { key: string; vectors: TextVectors }[]): Promise<void> {
        let sliceEnd = performance.now() + slice;
        for (const { key, vectors } of known) {
          hand(key, vectors, true);
          if (performance.now() < sliceEnd) continue;
          await nextTurn();
          if (ended) return;
          sliceEnd = performance.now() + slice;
        }
      }
    },
    warmUp: () => calls.warmUp(),
    async dispose() {
      store.clear();
      await calls.dispose();
    },
  };
}

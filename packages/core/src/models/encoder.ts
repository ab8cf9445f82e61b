import { toBytes } from '../maths/byte-matrix.ts';
import { ownTurn } from '../turns.ts';
import type { Note, Run } from '../types.ts';
import { encodeCall, placesOf, type EncodeCall, type Encoded } from './encode-call.ts';
import { endOfCall } from './end-of-call.ts';
import { textCalls, type TextCallOptions, type TextCallSettings } from './text-calls.ts';
import type { PairTokenizer } from './tokenize/pair-tokenizer.ts';
import { vectorStore, type TextVectors } from './vector-store.ts';
import { waitingRoom } from './waiting-room.ts';

export type { Encoded } from './encode-call.ts';
export type { TextVectors } from './vector-store.ts';

export interface EncodeOptions extends TextCallOptions {
  /** True: the vectors of the tokens, too, and not the text's own alone. Default false. */
  readonly tokens?: boolean | undefined;
  /** Tokens of a text at most, special tokens included. Default, and most: what the encoder reads. */
  readonly maxLength?: number | undefined;
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

interface Known {
  readonly key: string;
  readonly vectors: TextVectors;
}

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
      const most = Math.min(maxLength, options.maxLength ?? maxLength);
      const call = encodeCall(texts, await placesOf(texts, most), visit, options.onProgress);
      const end = endOfCall([options.signal, calls.disposed], options.deadline);
      try {
        // Whoever computed a text that this call waits for may give it up; then it is this call's turn.
        for (let open = call.keys; open.length > 0 && !call.late;) {
          const { known, others, mine } = shareOut(open, options.tokens ?? false, call);
          const computed = compute(mine, most, call, options);
          const how = await Promise.race([end.reached, Promise.all([others.empty(), computed, handOn(known, call)])]);
          if (how === 'late') {
            call.late = true;
            // It has the same deadline, and is about to say what it came to.
            await computed;
          } else [open] = how;
        }
        return call.result();
      } finally {
        call.ended = true;
        end.forget();
      }
    },
    warmUp: () => calls.warmUp(),
    async dispose() {
      store.clear();
      await calls.dispose();
    },
  };

  /** What is kept, what others compute and tell the call of, and what it claims for itself. */
  function shareOut(keys: readonly string[], tokens: boolean, call: EncodeCall) {
    const known: Known[] = [];
    const mine: string[] = [];
    const others = waitingRoom((key, vectors) => call.hand(key, vectors));
    for (const key of keys) {
      const vectors = store.get(key, tokens);
      if (vectors) known.push({ key, vectors });
      else if (store.join(key, tokens, others.hear)) others.count++;
      else {
        store.claim(key, tokens);
        mine.push(key);
      }
    }
    return { known, others, mine };
  }

  /** Encodes what the call has claimed, and settles each claim one way or the other. */
  async function compute(
    keys: readonly string[],
    most: number,
    call: EncodeCall,
    options: EncodeOptions,
  ): Promise<void> {
    const { signal, deadline } = options;
    const unsettled = new Set(keys);
    const read: { readonly ids: Int32Array; readonly truncated: boolean }[] = [];
    const texts = keys.map(call.textOf);
    const at = new Map(texts.map((text, index) => [text, index]));
    try {
      const outcome = await calls.run<Float32Array>(
        texts,
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
            call.hand(key, full);
            unsettled.delete(key);
            store.settle(key, full);
          },
        },
        { signal, deadline },
      );
      call.add(keys, outcome);
    } finally {
      for (const key of unsettled) store.release(key);
    }
  }

  function stored(data: Float32Array): NonNullable<TextVectors['tokens']> {
    const rows = data.length / dim - 1;
    if (storage === 'int8') return toBytes({ data: data.subarray(dim), rows, cols: dim });
    return { data: data.slice(dim), rows, cols: dim };
  }
}

async function handOn(known: readonly Known[], call: EncodeCall): Promise<void> {
  const turn = ownTurn();
  for (const { key, vectors } of known) {
    call.hand(key, vectors, true);
    if (turn.over()) await turn.next();
    if (call.ended) return;
  }
}

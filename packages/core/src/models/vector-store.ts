import type { ByteMatrix } from '../maths/byte-matrix.ts';
import type { Matrix } from '../types.ts';

/** What an encoder says of a text. */
export interface TextVectors {
  /** The text as one vector: `[dim]`, of unit length. */
  readonly vector: Float32Array;
  /** Its tokens as unit vectors, `[tokens, dim]`, special tokens among them, where they were asked for. */
  readonly tokens?: Matrix | ByteMatrix | undefined;
  /** Token ids, special tokens among them: one for each row of `tokens`. */
  readonly ids: Int32Array;
  /** True if the end of the text was left out. */
  readonly truncated: boolean;
}

/** Vectors of texts by key: those that are kept, up to a bound in bytes, and those that somebody is computing. */
export interface VectorStore {
  get(key: string, tokens: boolean): TextVectors | undefined;
  /** Waits for a text that is being computed; false if nobody is computing it. */
  join(key: string, tokens: boolean, hear: Listener): boolean;
  /** Says that the caller computes a text. It must `settle` or `release` it. */
  claim(key: string, tokens: boolean): void;
  /** True if anybody who waits for a claimed text wants its tokens. */
  wantsTokens(key: string): boolean;
  settle(key: string, vectors: TextVectors): void;
  /** Gives up a claim, unless it has been settled: who waits for it hears nothing. */
  release(key: string): void;
  clear(): void;
}

/** Told once of each text that it waits for: its vectors, or undefined if they were given up. Must not throw. */
export type Listener = (key: string, vectors: TextVectors | undefined) => void;

interface Claim {
  tokens: boolean;
  readonly waiting: Listener[];
}

/** Bytes of an entry beside its vectors: key, ids' header, objects. A rough count. */
const overhead = 400;

/** @param maxBytes of the vectors kept; what was longest not used goes first. 0 keeps nothing */
export function vectorStore(maxBytes: number): VectorStore {
  /** Oldest use first. */
  const kept = new Map<string, TextVectors>();
  const claims = new Map<string, Claim>();
  let bytes = 0;

  const drop = (key: string): void => {
    const old = kept.get(key);
    if (!old) return;
    bytes -= sizeOf(old);
    kept.delete(key);
  };
  const keep = (key: string, vectors: TextVectors): void => {
    drop(key);
    if (sizeOf(vectors) > maxBytes) return;
    kept.set(key, vectors);
    bytes += sizeOf(vectors);
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) break;
      drop(oldest);
    }
  };

  return {
    get(key, tokens) {
      const found = kept.get(key);
      if (!found || (tokens && !found.tokens)) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    join(key, tokens, hear) {
      const claim = claims.get(key);
      if (!claim) return false;
      claim.tokens ||= tokens;
      claim.waiting.push(hear);
      return true;
    },
    claim: (key, tokens) => void claims.set(key, { tokens, waiting: [] }),
    wantsTokens: (key) => claims.get(key)?.tokens ?? false,
    settle(key, vectors) {
      keep(key, vectors);
      const claim = claims.get(key);
      claims.delete(key);
      for (const hear of claim?.waiting ?? []) hear(key, vectors);
    },
    release(key) {
      const claim = claims.get(key);
      claims.delete(key);
      for (const hear of claim?.waiting ?? []) hear(key, undefined);
    },
    clear() {
      kept.clear();
      bytes = 0;
    },
  };
}

function sizeOf({ vector, tokens, ids }: TextVectors): number {
  return overhead + vector.byteLength + ids.byteLength + (tokens?.data.byteLength ?? 0);
}

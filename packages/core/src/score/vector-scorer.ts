import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import type { ByteMatrix } from '../maths/byte-matrix.ts';
import type { Encoder, TextVectors } from '../models/encoder.ts';
import { ownTurn } from '../turns.ts';
import type { Candidate, Matrix, Note, Scorer } from '../types.ts';
import { textScorer } from './text-scorer.ts';

export interface VectorScorerOptions {
  /** Tokens of the query that are read at most, special tokens included; at least 8. Default 128. */
  readonly queryTokens?: number | undefined;
  /** Tokens of a candidate that are read at most, special tokens included; at least 8. Default 256. */
  readonly documentTokens?: number | undefined;
  /** What the encoder wants to stand before a query, `query: ` for instance. Default nothing. */
  readonly queryPrefix?: string | undefined;
  /** What the encoder wants to stand before a candidate's text, `passage: ` for instance. Default nothing. */
  readonly documentPrefix?: string | undefined;
}

export const vectorScorerNames: readonly string[] = ['queryTokens', 'documentTokens', 'queryPrefix', 'documentPrefix', 'vectors']; // prettier-ignore

/** How one scorer compares what an encoder gives. */
export interface Comparison {
  readonly name: string;
  /** True if it compares tokens. */
  readonly tokens: boolean;
  /** Vectors that a candidate brings along. */
  readonly given: (candidate: Candidate) => Matrix | ByteMatrix | undefined;
  /** Returns a function from a document's vectors to its score. */
  compare(
    query: TextVectors,
  ): (document: { readonly vectors: Matrix | ByteMatrix; readonly ids?: Int32Array }) => number;
}

/** A scorer that encodes the query, and the candidates that bring no vectors, and compares them as vectors. */
export function vectorScorer(
  encoder: Encoder,
  { name, tokens, given, compare }: Comparison,
  { queryTokens = 128, documentTokens = 256, queryPrefix = '', documentPrefix = '' }: VectorScorerOptions,
): Scorer {
  const vectorsOf = (candidate: Candidate): Matrix | ByteMatrix | undefined => {
    const vectors = given(candidate);
    if (!vectors || (vectors.cols === encoder.dim && vectors.data.length === vectors.rows * vectors.cols))
      return vectors;
    throw new SecondpassError(
      'invalid-argument',
      `The vectors of candidate ${JSON.stringify(candidate.id)} are [${vectors.rows}, ${vectors.cols}] with ${vectors.data.length} number(s), ` +
        `and ${encoder.name} gives vectors of length ${encoder.dim}. For vectors of another model pass vectors: () => undefined.`,
    );
  };
  return textScorer({
    run: { ...encoder.run, by: name },
    kind: 'similarity',
    notes: encoder.notes,
    needsNoText: (candidate) => given(candidate) !== undefined,
    async read(query, candidates, { onProgress, ...options }) {
      const scores: (number | undefined)[] = Array.from({ length: candidates.length });
      const brought = candidates.map(vectorsOf);
      let asked: TextVectors | undefined;
      const first = await encoder.encode([queryPrefix + query], { ...options, tokens, maxLength: queryTokens }, (_, vectors) => (asked = vectors)); // prettier-ignore
      const nothing = { scores, truncated: [], lost: [], late: first.late, usage: { pairs: 0, tokens: first.tokens } };
      if (!asked) return first.late ? nothing : { ...nothing, lost: [...candidates.keys()] };

      const score = compare(asked);
      let done = 0;
      let late = false;
      const turn = ownTurn();
      for (const [at, vectors] of brought.entries()) {
        if (!vectors || late) continue;
        scores[at] = score({ vectors });
        onProgress(++done);
        if (!turn.over()) continue;
        await turn.next();
        options.signal?.throwIfAborted();
        late = options.deadline !== undefined && options.deadline <= Date.now();
      }
      const rest = [...candidates.keys()].filter((at) => !brought[at]);
      const texts = rest.map((at) => documentPrefix + textOf(candidates[at]!.content));
      const truncated: number[] = [];
      const already = done;
      const outcome = await encoder.encode(
        texts,
        { ...options, tokens, maxLength: documentTokens, onProgress: (count) => onProgress(already + count) },
        (index, { vector, tokens: own, ids, truncated: cut }) => {
          const at = rest[index]!;
          // Tokens may be there because somebody else wanted them.
          const vectors = tokens ? own! : { data: vector, rows: 1, cols: vector.length };
          scores[at] = score({ vectors, ids });
          if (cut) truncated.push(at);
        },
      );
      const notes: Note[] = [];
      if (asked.truncated) {
        const message = `The query is longer than the ${Math.min(queryTokens, encoder.maxLength)} tokens that are read of it; its end did not count.`;
        notes.push({ code: 'truncated', by: name, message, ids: candidates.map(({ id }) => id) });
      }
      return {
        scores,
        truncated,
        lost: outcome.lost.map((index) => rest[index]!),
        late: late || outcome.late,
        usage: { pairs: outcome.texts, tokens: first.tokens + outcome.tokens, cached: outcome.cached },
        notes,
      };
    },
  });
}

import { checkInteger, checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { cosine } from '../maths/cosine.ts';
import type { Encoder } from '../models/encoder.ts';
import type { Candidate, Matrix, Scorer } from '../types.ts';
import { vectorScorer, vectorScorerNames, type VectorScorerOptions } from './vector-scorer.ts';

export interface EmbeddingOptions extends VectorScorerOptions {
  /**
   * Reads the vector that a candidate brings along, `[1, dim]`, of any length; undefined where there is none: then its
   * text is encoded. Default: `candidate.vectors`, if it is one row.
   */
  readonly vectors?: ((candidate: Candidate) => Matrix | undefined) | undefined;
}

/**
 * A scorer that compares query and candidate as one vector each: the cosine, in [-1, 1] (kind `similarity`). Query and
 * candidates are encoded apart, so vectors of documents can be computed beforehand (`encoder.vectors`), and those computed
 * here are kept by the encoder. Text only, unless a vector is given.
 *
 * @example
 * const encoder = await loadEncoder();
 * const reranker = byScore(blend([{ scorer: embedding(encoder) }, { scorer: lateInteraction(encoder) }]));
 * @throws SecondpassError `invalid-argument` for what is no encoder, and an option that is unknown or out of its range;
 *   from `score`, for vectors of another length than the encoder's
 */
export function embedding(encoder: Encoder, options?: EmbeddingOptions): Scorer {
  checkRole(encoder, 'encode', 'embedding()');
  checkOptionNames(options, vectorScorerNames, 'embedding()');
  checkInteger('queryTokens', options?.queryTokens, 8);
  checkInteger('documentTokens', options?.documentTokens, 8);
  const { vectors: given = ownVectors, ...rest } = options ?? {};
  return vectorScorer(
    encoder,
    {
      name: `embedding(${encoder.name})`,
      tokens: false,
      given,
      compare: (query) => (document) => cosine(query.vector, document.vectors.data),
    },
    rest,
  );
}

const ownVectors = ({ vectors }: Candidate): Matrix | undefined => (vectors?.rows === 1 ? vectors : undefined);

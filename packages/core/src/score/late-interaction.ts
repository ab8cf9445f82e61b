import { checkInteger, checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import type { ByteMatrix } from '../maths/byte-matrix.ts';
import { maxSim } from '../maths/max-sim.ts';
import type { Encoder } from '../models/encoder.ts';
import type { Candidate, Matrix, Scorer } from '../types.ts';
import { vectorScorer, vectorScorerNames, type VectorScorerOptions } from './vector-scorer.ts';

export interface LateInteractionOptions extends VectorScorerOptions {
  /**
   * Reads the token vectors that a candidate brings along, `[tokens, dim]`, of any length, as numbers or as bytes;
   * undefined where there are none: then its text is encoded. Default: `candidate.vectors`, if it has several rows.
   */
  readonly vectors?: ((candidate: Candidate) => Matrix | ByteMatrix | undefined) | undefined;
}

/**
 * A scorer that compares query and candidate token by token: each token of the query looks for the token of the candidate
 * that is nearest to it, and the score is the mean of these cosines, in [-1, 1] (kind `similarity`). Late interaction, or
 * MaxSim, by Khattab and Zaharia ("ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction
 * over BERT", SIGIR 2020); here with any encoder, and with all tokens, [CLS] and [SEP] among them.
 *
 * Query and candidates are encoded apart, so the token vectors of documents can be computed beforehand
 * (`encoder.tokenVectors`), and those computed here are kept by the encoder. Together with `embedding` over the same
 * encoder, no text is encoded twice. Text only, unless vectors are given.
 *
 * @example
 * const encoder = await loadEncoder();
 * const reranker = cascade(byScore(lateInteraction(encoder)), cut(20), byScore(await loadCrossEncoder()));
 * @throws SecondpassError `invalid-argument` for what is no encoder, and an option that is unknown or out of its range;
 *   from `score`, for vectors of another length than the encoder's
 */
export function lateInteraction(encoder: Encoder, options?: LateInteractionOptions): Scorer {
  checkRole(encoder, 'encode', 'lateInteraction()');
  checkOptionNames(options, vectorScorerNames, 'lateInteraction()');
  checkInteger('queryTokens', options?.queryTokens, 8);
  checkInteger('documentTokens', options?.documentTokens, 8);
  const { vectors: given = ownVectors, ...rest } = options ?? {};
  return vectorScorer(
    encoder,
    {
      name: `late-interaction(${encoder.name})`,
      tokens: true,
      given,
      compare(query) {
        const similarity = maxSim(query.tokens!);
        return ({ vectors }) => similarity(vectors);
      },
    },
    rest,
  );
}

const ownVectors = ({ vectors }: Candidate): Matrix | undefined => (vectors && vectors.rows > 1 ? vectors : undefined);

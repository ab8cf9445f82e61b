import { binary, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Reciprocal rank: 1 over the rank of the first relevant document, 0 if there is none down to the cutoff. trec_eval's
 * `recip_rank` has no cutoff; MS MARCO's measure is `MRR@10`.
 *
 * Kantor and Voorhees, The TREC-5 confusion track, Information Retrieval 2000.
 */
export function MRR(options: BinaryOptions = {}): Measure {
  const { name, at, rel } = binary('MRR', options);
  return {
    name,
    score: (ranking, grades) => {
      const index = top(ranking, at).findIndex((id) => isRelevant(id, grades, rel));
      return index < 0 ? 0 : 1 / (index + 1);
    },
  };
}

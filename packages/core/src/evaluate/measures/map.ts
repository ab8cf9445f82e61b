import { binary, countRelevant, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Average precision: the precision at the rank of each relevant document found down to the cutoff, summed and divided
 * by the number of relevant documents, found or not (as trec_eval's `map` and `map_cut`).
 *
 * Harman, Evaluation issues in information retrieval, IP&M 1992; Buckley and Voorhees, SIGIR 2000.
 */
export function MAP(options: BinaryOptions = {}): Measure {
  const { name, at, rel } = binary('MAP', options);
  return {
    name,
    score(ranking, grades) {
      const relevant = countRelevant(grades, rel);
      let found = 0;
      let sum = 0;
      for (const [index, id] of top(ranking, at).entries()) {
        if (isRelevant(id, grades, rel)) sum += ++found / (index + 1);
      }
      return relevant === 0 ? 0 : sum / relevant;
    },
  };
}

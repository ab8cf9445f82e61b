import { binary, countRelevant, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * R-precision: precision at rank R, where R is the number of relevant documents of the query. Equal to recall there.
 *
 * Buckley and Voorhees, Retrieval system evaluation, in: TREC, MIT Press 2005.
 */
export function Rprec(options: Pick<BinaryOptions, 'rel'> = {}): Measure {
  const { name, rel } = binary('Rprec', options, ['rel']);
  return {
    name,
    score(ranking, grades) {
      const relevant = countRelevant(grades, rel);
      return relevant === 0 ? 0 : top(ranking, relevant).filter((id) => isRelevant(id, grades, rel)).length / relevant;
    },
  };
}

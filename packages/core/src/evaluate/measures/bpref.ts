import { binary, countRelevant, isRelevant, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Binary preference: how often judged relevant documents stand above judged non-relevant ones; unjudged documents are
 * passed over. With R relevant and N judged non-relevant documents, (1/R) Σ 1 - min(n, R) / min(R, N) over the relevant
 * documents found, where n is the number of non-relevant ones above. trec_eval's formula, which corrects the one in the
 * paper where N < R; grades below 0 are unjudged there and here.
 *
 * Buckley and Voorhees, Retrieval evaluation with incomplete information, SIGIR 2004.
 */
export function Bpref(options: Pick<BinaryOptions, 'rel'> = {}): Measure {
  const { name, rel } = binary('Bpref', options, ['rel']);
  return {
    name,
    score(ranking, grades) {
      const relevant = countRelevant(grades, rel);
      if (relevant === 0) return 0;
      const bound = Math.min(relevant, countRelevant(grades, 0) - relevant);
      let above = 0;
      let sum = 0;
      for (const id of ranking) {
        const grade = grades.get(id);
        if (isRelevant(id, grades, rel)) sum += above === 0 ? 1 : 1 - Math.min(above, relevant) / bound;
        else if (grade !== undefined && grade >= 0) above++;
      }
      return sum / relevant;
    },
  };
}

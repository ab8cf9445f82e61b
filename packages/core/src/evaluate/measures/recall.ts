import { binary, countRelevant, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Recall: the part of the relevant documents that is found down to the cutoff. (Papers on question answering call
 * "recall@k" what is `Success@k` here and in TREC.)
 */
export function Recall(options: BinaryOptions = {}): Measure {
  const { name, at, rel } = binary('Recall', options);
  return {
    name,
    score(ranking, grades) {
      const relevant = countRelevant(grades, rel);
      return relevant === 0 ? 0 : top(ranking, at).filter((id) => isRelevant(id, grades, rel)).length / relevant;
    },
  };
}

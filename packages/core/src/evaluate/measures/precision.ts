import { SecondpassError } from '../../errors.ts';
import { binary, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/** Precision: relevant documents down to the cutoff, over the cutoff, even where fewer were returned (as trec_eval). */
export function Precision(
  options: BinaryOptions & {
    /** The cutoff, at least 1. */
    readonly at: number;
  },
): Measure {
  const { name, at, rel } = binary('Precision', options);
  if (at === undefined) throw new SecondpassError('invalid-argument', 'Precision needs a cutoff, as in Precision@10.');
  return {
    name,
    score: (ranking, grades) => top(ranking, at).filter((id) => isRelevant(id, grades, rel)).length / at,
  };
}

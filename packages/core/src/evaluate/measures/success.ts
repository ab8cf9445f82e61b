import { binary, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/** Success: 1 if a relevant document is found down to the cutoff, else 0. Also called hit rate. */
export function Success(options: BinaryOptions = {}): Measure {
  const { name, at, rel } = binary('Success', options);
  return { name, score: (ranking, grades) => (top(ranking, at).some((id) => isRelevant(id, grades, rel)) ? 1 : 0) };
}

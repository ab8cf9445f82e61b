import { gather } from '@secondpass/core';
import type { GatherOptions, Retriever, SubQuestion } from '@secondpass/core';

const findsNothing: Retriever = { name: 'nothing', retrieve: () => Promise.resolve([]) };

/**
 * The parts that `gather` will ask: without repetitions and within `maxQueries`. By its own rules, since it is asked.
 * @throws SecondpassError `invalid-argument` for parts or options that `gather` refuses
 */
export async function askedParts(
  question: string,
  parts: readonly SubQuestion[],
  options: Pick<GatherOptions, 'maxQueries' | 'questionWeight'>,
): Promise<readonly SubQuestion[]> {
  return (await gather(question, parts, findsNothing, options)).parts;
}

import { textOf } from '../../content.ts';
import type { Pool } from '../../fusion/pool.ts';
import type { SubQuestion } from '../../search-types.ts';
import type { Candidate, Content } from '../../types.ts';
import type { Asker } from '../ask.ts';
import { theQuestion, type Trail } from './trail.ts';

/** Asks the question, and the parts that hang on no answer, all at once. Returns what each found, the question's first. */
export async function firstHop<C extends Candidate>(
  trail: Trail<C>,
  asker: Asker<C>,
  question: Content,
  parts: readonly SubQuestion[],
): Promise<readonly (readonly Pool<C>[])[]> {
  const steps = [
    { text: textOf(question), asked: question, index: theQuestion, label: '', weight: 1 },
    ...parts.flatMap(({ text, needs, weight = 1 }, index) =>
      needs?.length ? [] : [{ text, asked: text, index, label: `#${index + 1}`, weight }],
    ),
  ];
  const found = await Promise.all(steps.map(({ asked, label, weight }) => asker.ask(asked, label, weight)));
  for (const [at, { text, index }] of steps.entries()) trail.add({ text, index, group: text }, found[at]!);
  return found;
}

import type { Scorer } from '../../types.ts';

const question = 'how does a bill become law';
const texts = ['A bill passes both houses and is signed.', 'The heron stands still until a fish comes near.', 'law'];

/**
 * A short text that changes when a model's scores do: for telling retrained weights apart from those they replaced
 * under the same name and version. Rounded to five digits, so that kernels of another machine do not count as another
 * model.
 */
export async function probe(scorer: Scorer): Promise<string> {
  const { value } = await scorer.score(
    question,
    texts.map((content, index) => ({ id: String(index), content })),
  );
  return Array.from(value.scores, (score) => (score === undefined ? '-' : score.toPrecision(5))).join('/');
}

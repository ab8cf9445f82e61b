import fc from 'fast-check';
import { rerankByParts, type Scorer } from '@secondpass/core';
import { doc } from './fakes.ts';

/** Scores from a table: per question text, per candidate id. */
export const table = (
  scores: Readonly<Record<string, Readonly<Record<string, number | undefined>>>>,
  asked: string[] = [],
): Scorer => ({
  name: 'table',
  kind: 'logit',
  pointwise: true,
  score: async (query, candidates) => {
    asked.push(query as string);
    return { value: { scores: candidates.map(({ id }) => scores[query as string]?.[id]) } };
  },
});

/** What each of several questions says of each of several candidates, with gaps. */
export const matrix = fc
  .record({ questions: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 8 }) })
  .chain(({ questions, count }) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(undefined)), {
        minLength: count,
        maxLength: count,
      }),
      {
        minLength: questions,
        maxLength: questions,
      },
    ),
  );

/** `rerankByParts` over such rows: the first is the question's own. */
export const run = async (
  rows: readonly (readonly (number | undefined)[])[],
  combine: 'coverage' | 'max' | 'mean' | 'softmax',
  temperature = 1,
) => {
  const candidates = rows[0]!.map((_, at) => doc(`d${at}`));
  const named = Object.fromEntries(
    rows.map((row, at) => [`q${at}`, Object.fromEntries(row.map((value, index) => [`d${index}`, value]))]),
  );
  const reranker = rerankByParts(table(named), { combine, temperature, questionWeight: 1 })(
    rows.slice(1).map((_, at) => ({ text: `q${at + 1}` })),
  );
  return await reranker.rerank('q0', candidates);
};

import type { Candidate, Content, Note, Scorer } from '@secondpass/core';

/** Scores by the length of the text, counting what it was asked; `skip` is what it cannot score. */
export function counting(more: { skip?: string; notes?: (ids: string[]) => Note[]; gate?: () => Promise<void> } = {}) {
  const asked: string[] = [];
  const scorer: Scorer = {
    name: 'length@1',
    kind: 'logit',
    pointwise: true,
    async score(query, candidates) {
      asked.push(...candidates.map(({ content }) => `${String(query)}|${String(content)}`));
      await more.gate?.();
      const scores = candidates.map(({ content }) => (content === more.skip ? undefined : content.length));
      const notes = more.notes?.(candidates.map(({ id }) => id)) ?? [];
      const usage = { pairs: candidates.length, tokens: 10 * candidates.length };
      return { value: { scores }, notes, run: { by: 'length@1', durationMs: 1, model: 'm', usage } };
    },
  };
  return { scorer, asked };
}
export const doc = (content: Content, id = String(content)): Candidate => ({ id, content });
export const turn = () => new Promise((resolve) => setImmediate(resolve));
export const notes = (ids: string[]): Note[] => [
  { code: 'truncated', by: 'length@1', message: 'cut at 512 tokens', ids },
];
export const scoresOf = async (scorer: Scorer, query: string, list: Candidate[]) =>
  Array.from((await scorer.score(query, list)).value.scores);

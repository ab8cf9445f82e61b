import { passDown } from '../check.ts';
import { checkedScores } from '../checked-scores.ts';
import { textOf } from '../content.ts';
import type { Source } from '../search-types.ts';
import type { Candidate, Content, Note, RerankOptions, Run, Scorer } from '../types.ts';
import { folded } from './distinct-parts.ts';

/** Scores of candidates against questions: the same words are not scored twice with the same candidate. */
export interface PairScores {
  /**
   * The row of one question, by index; `undefined` is unknown, and what was scored before is in it too.
   * @param sources where the candidates stood in the list that this question found; absent: not known
   */
  against(
    question: Content,
    indices: readonly number[],
    sources: ReadonlyMap<Candidate, Source> | undefined,
  ): Promise<readonly (number | undefined)[]>;
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
}

/**
 * Each candidate is shown to the scorer with the first-stage score that it had in the question's own list, or without
 * one: a score that was earned with other words says nothing of this question. Only the original question, where it is
 * not known what it found, takes the scores that candidates bring along.
 *
 * @param original the question that the candidates were handed over with
 */
export function scorePairs(
  scorer: Scorer,
  original: Content,
  candidates: readonly Candidate[],
  options: RerankOptions | undefined,
): PairScores {
  const notes: Note[] = [];
  const runs: Run[] = [];
  const scored = new Map<string, (number | undefined)[]>();
  return {
    notes,
    runs,
    async against(question, indices, sources) {
      const text = folded(textOf(question));
      const known = scored.get(text) ?? [];
      scored.set(text, known);
      const open = indices.filter((index) => !(index in known));
      if (open.length === 0 || (text === '' && question !== original)) return known;
      const shown = open.map((index) => {
        const candidate = candidates[index]!;
        return sources || question !== original ? withScore(candidate, sources?.get(candidate)?.score) : candidate;
      });
      const started = performance.now();
      const { value, notes: said = [], run } = await scorer.score(question, shown, passDown(options));
      options?.signal?.throwIfAborted();
      const scores = checkedScores(value.scores, shown.length, scorer.name);
      notes.push(...said.filter((note) => isNews(note, notes)));
      runs.push(run ?? { by: scorer.name, durationMs: performance.now() - started });
      for (const [at, index] of open.entries()) known[index] = scores[at];
      return known;
    },
  };
}

/** What is true of a text whatever it is compared with: of the same texts it is said once. */
const ofTheText: ReadonlySet<string> = new Set(['truncated', 'empty-text', 'malformed-text', 'unsupported-content']);

function isNews({ code, by, ids }: Note, said: readonly Note[]): boolean {
  if (!ids || !ofTheText.has(code)) return true;
  const known = new Set(said.flatMap((note) => (note.code === code && note.by === by ? (note.ids ?? []) : [])));
  return ids.some((id) => !known.has(id));
}

function withScore(candidate: Candidate, score: Candidate['score']): Candidate {
  const { score: _, ...rest } = candidate;
  return score ? { ...rest, score } : rest;
}

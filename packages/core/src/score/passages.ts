import { checkInteger, checkOptionNames } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { checkedScores } from '../checked-scores.ts';
import { hasImages, textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate, Note, ScoreDetail, Scorer } from '../types.ts';
import { checkCombine, combinePassages, type CombinePassages } from './combine-passages.ts';
import { splitPassages, type Span } from './split-passages.ts';

export interface PassagesOptions {
  /** Words in a passage at most. Default 200, which with a question fits models that read 512 tokens. */
  readonly size?: number | undefined;
  /** Words that a passage shares with the one before, in whole sentences. Default 40. */
  readonly overlap?: number | undefined;
  /** How passage scores become the document's. Default `max`. */
  readonly combine?: CombinePassages | undefined;
  /** Passages of one document that are read at most; what is beyond is noted. Default 64. */
  readonly maxPassages?: number | undefined;
}

/**
 * Lets a scorer read long documents: splits them into passages at sentence boundaries, scores all passages of all
 * documents in one call (one budget, one deadline), and combines their scores. `detail.passage` says where in the text
 * the best passage stands. A document that fits into one passage gets exactly the score it would get without this.
 *
 * @example
 * const reranker = byScore(passages(await loadCrossEncoder(), { combine: { mean: 2 } }));
 * @throws SecondpassError `invalid-argument` for an unknown or impossible option
 */
export function passages(scorer: Scorer, options: PassagesOptions = {}): Scorer {
  checkRole(scorer, 'score', 'passages()');
  checkOptionNames(options, ['size', 'overlap', 'combine', 'maxPassages'], 'passages()');
  const { size = 200, overlap = 40, combine = 'max', maxPassages = 64 } = options;
  checkInteger('size', size, 1);
  checkInteger('overlap', overlap, 0);
  checkInteger('maxPassages', maxPassages, 1);
  checkCombine(combine);
  if (overlap >= size) {
    throw new SecondpassError(
      'invalid-argument',
      `overlap is ${overlap} and size ${size}; the overlap must be smaller.`,
    );
  }
  const by = `passages(${scorer.name})`;
  const limit = combine === 'first' ? 1 : maxPassages;

  return {
    name: by,
    kind: scorer.kind,
    pointwise: scorer.pointwise,
    async score(query, candidates, callOptions) {
      const spans = candidates.map((candidate) => spansOf(candidate, size, overlap));
      const parts = candidates.flatMap((candidate, index) => partsOf(candidate, index, spans[index]!, limit));
      const { value, notes = [], run } = await scorer.score(query, parts, callOptions);
      const inner = checkedScores(value.scores, parts.length, scorer.name, (at) => candidateOf(parts[at]!.id));

      const scores: (number | undefined)[] = [];
      const details: (ScoreDetail | undefined)[] = [];
      const partly: string[] = [];
      let at = 0;
      for (const [index, candidate] of candidates.entries()) {
        const count = Math.min(limit, Math.max(1, spans[index]!.length));
        const own = Array.from({ length: count }, (_, n) => inner[at + n]);
        const best = own.reduce<number>((top, score, n) => (score !== undefined && !(own[top]! >= score) ? n : top), 0);
        scores.push(combinePassages(own, combine));
        const span = spans[index]![best];
        const detail = value.details?.[at + best];
        details.push(span && own[best] !== undefined ? { ...detail, passage: span } : detail);
        if (own.some((score) => score !== undefined) && own.includes(undefined)) partly.push(candidate.id);
        at += count;
      }
      const unread = candidates.filter((_, index) => combine !== 'first' && spans[index]!.length > maxPassages);
      return {
        value: { scores, details },
        notes: [
          ...notes.map((note) => aboutCandidates(note, candidates)),
          ...idNote(
            'truncated',
            by,
            unread,
            (n) => `${n} document(s) have more than ${maxPassages} passages; what is beyond did not count.`,
          ),
          ...idNote(
            'partly-scored',
            by,
            partly.map((id) => ({ id })),
            (n) => `${n} document(s) were scored by some of their passages only.`,
          ),
        ],
        ...(run && { run: { ...run, by } }),
      };
    },
  };
}

function spansOf({ content }: Candidate, size: number, overlap: number): readonly Span[] {
  return hasImages(content) ? [] : splitPassages(textOf(content), { size, overlap });
}

/**
 * The passages of one candidate as candidates, each with all that the whole brings along, except its vectors, which are of
 * the whole text. One that is not split stays itself.
 */
function partsOf(candidate: Candidate, index: number, spans: readonly Span[], limit: number): Candidate[] {
  if (spans.length <= 1) return [{ ...candidate, id: `${index}#0` }];
  const text = textOf(candidate.content);
  return spans
    .slice(0, limit)
    .map(({ start, end }, n) => ({ ...candidate, id: `${index}#${n}`, content: text.slice(start, end), vectors: undefined })); // prettier-ignore
}

/** The index of the candidate that a passage belongs to, from the passage's id. */
function candidateOf(id: string): number {
  return Number(id.split('#')[0]);
}

/** Turns the ids of passages in a note into the ids of the documents they belong to. */
function aboutCandidates(note: Note, candidates: readonly Candidate[]): Note {
  if (!note.ids) return note;
  const ids = new Set(note.ids.map((id) => candidates[candidateOf(id)]?.id ?? id));
  return { ...note, ids: [...ids] };
}

function idNote(
  code: string,
  by: string,
  about: readonly { readonly id: string }[],
  say: (count: number) => string,
): Note[] {
  return about.length === 0 ? [] : [{ code, by, message: say(about.length), ids: about.map(({ id }) => id) }];
}

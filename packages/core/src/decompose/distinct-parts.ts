import { SecondpassError } from '../errors.ts';
import { normalForm } from '../maths/normal-form.ts';
import type { SubQuestion } from '../search-types.ts';
import type { Note } from '../types.ts';

/**
 * Drops sub-questions that say the same as an earlier one or as the question itself (case, punctuation and white space
 * aside), then the last ones beyond `limit`. What is left is renumbered: `needs`, and the `#n` in texts that they
 * belong to, point to the parts that stayed. Other numbers, as in `the #1 hit`, are a text's own.
 *
 * A part can only need an earlier one; needs that point elsewhere are dropped, with a note, since parts may come from a
 * language model. A need for what repeats the question itself is dropped too: the question is always asked.
 */
export function distinctParts(
  question: string,
  parts: readonly SubQuestion[],
  limit: number,
  by: string,
): { readonly parts: readonly SubQuestion[]; readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const kept: SubQuestion[] = [];
  /** Old index to new index; `undefined` for what became the question itself. */
  const moved = new Map<number, number | undefined>();
  const seen = new Map<string, number | undefined>([[folded(question), undefined]]);
  const malformed: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (
      typeof part?.text !== 'string' ||
      !(part.weight === undefined || (part.weight >= 0 && part.weight < Infinity))
    ) {
      throw new SecondpassError(
        'invalid-argument',
        `Part ${index} of the question is ${JSON.stringify(part)}; it needs a text, and its weight must be at least 0.`,
      );
    }
    const earlier = (part.needs ?? []).filter((need) => Number.isInteger(need) && need >= 0 && need < index);
    const text = renumbered(part.text, earlier, moved).trim();
    if (earlier.length !== (part.needs?.length ?? 0)) malformed.push(part.text);
    if (folded(text) === '') {
      malformed.push(part.text);
      moved.set(index, undefined);
      continue;
    }
    const key = folded(text);
    if (seen.has(key)) {
      moved.set(index, seen.get(key));
      continue;
    }
    const needs = [...new Set(earlier.map((need) => moved.get(need)).filter((need) => need !== undefined))];
    seen.set(key, kept.length);
    moved.set(index, kept.length);
    kept.push({
      text,
      ...(part.weight !== undefined && { weight: part.weight }),
      ...(needs.length > 0 && { needs }),
    });
  }
  if (malformed.length > 0) {
    const message = `${malformed.length} sub-question(s) are empty or need what does not come before them: ${JSON.stringify(malformed[0])}.`;
    notes.push({ code: 'malformed-answer', by, message });
  }
  if (kept.length > limit) {
    const dropped = kept.slice(limit).map(({ text }) => JSON.stringify(text));
    const message = `${dropped.length} sub-question(s) beyond the limit of ${limit} were not asked: ${dropped.join(', ')}.`;
    notes.push({ code: 'part-dropped', by, message });
  }
  return { parts: kept.slice(0, limit), notes };
}

/** A hyphen that says something by itself: `-5`, `B-`. Others join words or part them. */
const sign = String.raw`(?<=[\p{L}\p{M}])-(?![\p{L}\p{M}\p{N}-])|(?<![\p{L}\p{M}\p{N}-])-(?=\p{N})`;
const meaningless = new RegExp(String.raw`(?:[^\p{L}\p{M}\p{N}\p{Sm}\p{Sc}\p{So}#-]|(?!${sign})-)+`, 'gu');

/**
 * What two questions have in common when they ask the same: letters, digits, signs and symbols (`C++`, `-5`, `€`), and
 * the `#n`, in lower case. `''` where there is none of these.
 */
export function folded(text: string): string {
  return normalForm(text, 'NFKC').toLowerCase().replaceAll('−', '-').replace(meaningless, ' ').trim();
}

/** A needed `#2` becomes the number its part has now; what points to nothing loses its number. */
function renumbered(text: string, needs: readonly number[], moved: ReadonlyMap<number, number | undefined>): string {
  return text.replace(/#(\d{1,4})/g, (whole, digits: string) => {
    const old = Number(digits) - 1;
    if (!needs.includes(old)) return whole;
    const now = moved.get(old);
    return now === undefined ? '' : `#${now + 1}`;
  });
}

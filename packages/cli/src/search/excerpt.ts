import { indexTerm } from './index-term.ts';
import { wordsIn } from './words.ts';

/** The terms of a question as the index knows them. */
export function termsOf(question: string): ReadonlySet<string> {
  const terms = Array.from(wordsIn(question), ({ word }) => indexTerm(word));
  return new Set(terms.filter((term) => term !== null));
}

/**
 * The stretch of a text, about `length` characters, that holds most of the terms; an ellipsis where it starts inside.
 */
export function excerpt(text: string, terms: ReadonlySet<string>, length: number): string {
  // A link that runs over two lines of Markdown still has its target.
  const line = text
    .trim()
    .replace(/\[([^\][]{1,200})\]\([^()\s]{1,500}\)/g, '$1')
    .replace(/\s*\n\s*\n\s*/g, ' · ')
    .replace(/\s+/g, ' ');
  if (line.length <= length) return line;
  const found = Array.from(wordsIn(line), ({ word, at }) => ({ at, term: indexTerm(word) })).filter(
    ({ term }) => term !== null && terms.has(term),
  );
  let best = { start: 0, distinct: 0 };
  for (const [first, { at }] of found.entries()) {
    const inside = new Set<string | null>();
    for (let next = first; next < found.length && found[next]!.at < at + length * 0.8; next++)
      inside.add(found[next]!.term);
    if (inside.size > best.distinct) best = { start: at, distinct: inside.size };
  }
  // A little of what stands before the first term, from the start of a sentence if one is near.
  const from = Math.max(0, best.start - 60);
  if (from === 0 || best.start + length * 0.5 > line.length + 60)
    return best.start < length * 0.5 ? line : `…${fromWord(line, from, best.start)}`;
  const sentence = line.slice(from, best.start).search(/(?<=[.!?:;] )\S/);
  return sentence >= 0 ? `…${line.slice(from + sentence)}` : `…${fromWord(line, from, best.start)}`;
}

/** From the first word that begins after `from`, but no later than at `latest`: some scripts set no spaces. */
function fromWord(line: string, from: number, latest: number): string {
  const space = line.indexOf(' ', from);
  if (space >= 0 && space < latest) return line.slice(space + 1);
  // Not from the middle of a surrogate pair.
  return line.slice(/[\udc00-\udfff]/.test(line.charAt(from)) ? from + 1 : from);
}

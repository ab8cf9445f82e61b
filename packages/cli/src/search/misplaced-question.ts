import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** What is asked and where, as far as it can be told from words that stand where paths belong. */
export interface MisplacedQuestion {
  readonly question: string;
  readonly paths: readonly string[];
}

/**
 * Looks for a question among the words of a command line that should all be paths: one that is no path and holds a
 * space, or ends in a question mark; with the words before it if it was written without quotes. `undefined` if there is
 * none, or if the other words are no paths either.
 * @param queries what was given as questions: where it is one word, the rest of its question may be among the paths
 */
export function misplacedQuestion(
  words: readonly string[],
  queries: readonly string[],
  cwd: string,
): MisplacedQuestion | undefined {
  if (queries.length > 1 || queries.some(holdsSpace)) return undefined;
  const isPath = (word: string): boolean => existsSync(resolve(cwd, word));
  const last = words.findLastIndex((word) => !isPath(word) && (holdsSpace(word) || /[?？]$/.test(word)));
  if (last < 0) return undefined;
  const inQuotes = holdsSpace(words[last]!);
  if (inQuotes && queries.length > 0) return undefined;
  const standsApart = (word: string): boolean => isPath(word) || holdsSpace(word);
  const first = inQuotes ? last : words.slice(0, last).findLastIndex(standsApart) + 1;
  const paths = words.toSpliced(first, last + 1 - first);
  if (!paths.every(isPath)) return undefined;
  return { question: [...queries, ...words.slice(first, last + 1)].join(' '), paths };
}

function holdsSpace(word: string): boolean {
  return /\s/.test(word);
}

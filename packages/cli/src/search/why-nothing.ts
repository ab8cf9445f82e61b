import { termsOf } from './excerpt.ts';
import type { SearchReport } from './report.ts';

/** In a sentence, why a search found no passage at all. */
export function whyNothing({ question, parts }: SearchReport): string {
  return termsOf([question, ...parts].join(' ')).size === 0
    ? 'The question holds only very common words, or none: there is nothing to search for.'
    : 'Nothing was found: no passage shares a word with the question.';
}

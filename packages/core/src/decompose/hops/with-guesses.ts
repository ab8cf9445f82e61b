import { fillNeeds } from '../fill-needs.ts';
import type { Guess } from './guess-answers.ts';

/**
 * The wordings of a part, one for each guess at what it needs. Where it needs several answers, the likeliest are tried
 * together, then the second ones; the last of a shorter list stays. Without any guess it is asked with its `#n` left out.
 * @param needs indices of the parts needed
 * @param answers in the order of `needs`, the guesses at each
 */
export function withGuesses(
  text: string,
  needs: readonly number[],
  answers: readonly (readonly Guess[])[],
): readonly { readonly text: string; readonly because: string }[] {
  const count = Math.max(1, ...answers.map((list) => list.length));
  return Array.from({ length: count }, (_, at) => {
    const guess = answers.map((list) => list[Math.min(at, list.length - 1)]);
    const known = new Map(needs.flatMap((need, n) => (guess[n] ? [[need, guess[n].text] as const] : [])));
    const because = guess.flatMap((one) => (one ? [one.because] : [])).join(' ');
    return { text: fillNeeds(text, needs, known), because: because || 'no answer was found to go on from' };
  });
}

/**
 * The text of a sub-question as it is asked: every `#n` that the part needs is replaced by the answer to part n (from 1).
 *
 * Without an answer the placeholder is left out: `What is the capital of #1?` is asked as `What is the capital of?`.
 * What remains are words that the evidence is likely to hold whatever the answer; saying the first part again in its
 * place would find the evidence of the first part again.
 * @param needs indices of the parts needed, from 0
 */
export function fillNeeds(text: string, needs: readonly number[], answers: ReadonlyMap<number, string>): string {
  if (needs.length === 0) return text;
  return text
    .replace(/#(\d{1,4})('s|’s)?/g, (whole, digits: string, genitive: string = '') => {
      const at = Number(digits) - 1;
      // A number that is no needed part, such as "#1 hit", is the question's own text.
      if (!needs.includes(at)) return whole;
      const answer = answers.get(at);
      return answer === undefined ? '' : `${answer}${genitive}`;
    })
    .replace(/\s+/g, ' ')
    .replace(/ ([?.,;:!])/g, '$1')
    .trim();
}

/** No sub-question is longer than this: what is, is no question. */
const longest = 500;
/** Nor is an answer: it was asked for in 500 tokens. What is beyond is not read. */
const longestAnswer = 20_000;

/**
 * The questions in what a language model wrote: JSON (`{"questions": [...]}` or a bare list, of texts or of objects with a
 * `question` or `text`), alone, in a code fence, or with prose around it; else the lines of a numbered or bulleted list.
 * `undefined` if there is none of these; `[]` only where the model said so. `''` for what is too long to be a question.
 * @param isCut the text was cut short: of a list nobody knows whether its last line is whole
 */
export function parseQuestions(text: string, isCut: boolean = false): string[] | undefined {
  const read = text.slice(0, longestAnswer);
  const found = fromJson(read) ?? (isCut ? undefined : fromLines(read));
  if (!found) return undefined;
  // None is dropped here: others may point to it by its number.
  const clean = found
    .map((question) => question.replace(/\s+/g, ' ').trim())
    .map((q) => (q.length <= longest ? q : ''));
  return clean.length > 0 && clean.every((question) => question === '') ? undefined : clean;
}

/** The first place at which a JSON object or list begins that holds questions. A few starts are enough. */
function fromJson(text: string): string[] | undefined {
  const ends = [text.lastIndexOf('}'), text.lastIndexOf(']')].filter((end) => end >= 0);
  let tries = 0;
  for (const { index } of text.matchAll(/[{[]/g)) {
    if (++tries > 20) return undefined;
    for (const end of ends) {
      if (end <= index) continue;
      try {
        const questions = questionsOf(JSON.parse(text.slice(index, end + 1)));
        if (questions) return questions;
      } catch {
        // Not JSON from here to there.
      }
    }
  }
  return undefined;
}

function questionsOf(value: unknown): string[] | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { questions } = value as { readonly questions?: unknown };
    return Array.isArray(questions) ? questionsOf(questions) : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    const { question, text } = item as { readonly question?: unknown; readonly text?: unknown };
    return question ?? text;
  });
  return texts.every((item): item is string => typeof item === 'string') ? texts : undefined;
}

function fromLines(text: string): string[] | undefined {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^\s{0,8}(?:\d{1,2}[.)]|[-*•])\s{1,4}(\S.*)$/.exec(line.slice(0, longest + 20));
    return match ? [match[1]!.replace(/^["“]|["”]$/g, '')] : [];
  });
  return lines.length > 0 ? lines : undefined;
}

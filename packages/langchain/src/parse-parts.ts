/**
 * Reads sub-questions out of what a language model wrote: JSON (a list of texts, a list of objects with a text in them, an
 * object around such a list, in a fence or in the middle of prose), or else lines that end with a question mark, numbered
 * or not. `undefined` if there is nothing to be read.
 */
export function parseParts(text: string): string[] | undefined {
  for (const json of jsonIn(text)) {
    const found = textsIn(json);
    if (found) return found;
  }
  const lines = text
    .split('\n')
    .map((line) =>
      line
        .replace(/^[\s>*•-]*(\(?\d{1,3}[.):]|#\d{1,3}:?)?\s*/u, '')
        .replaceAll(/^["'“]+|["'”,]+$/gu, '')
        .trim(),
    )
    .filter((line) => line.endsWith('?'));
  return lines.length > 0 ? lines : undefined;
}

/** Everything in a text that parses as a JSON list or object, the whole first. */
function* jsonIn(text: string): Iterable<unknown> {
  const spans = [
    text,
    /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1],
    between(text, '{', '}'),
    between(text, '[', ']'),
  ];
  for (const span of spans) {
    if (span === undefined) continue;
    try {
      yield JSON.parse(span) as unknown;
    } catch {
      // No JSON there: the next span, or the lines.
    }
  }
}

function between(text: string, open: string, close: string): string | undefined {
  const from = text.indexOf(open);
  const to = text.lastIndexOf(close);
  return from === -1 || to < from ? undefined : text.slice(from, to + 1);
}

/** The texts of a list, or of the first list in an object. An empty list is an answer: there are no parts. */
function textsIn(json: unknown): string[] | undefined {
  if (Array.isArray(json)) {
    const texts = json.flatMap((item: unknown) => (typeof item === 'string' ? item : firstText(item)) ?? []);
    return texts.length === 0 && json.length > 0
      ? undefined
      : texts.map((text) => text.trim()).filter((text) => text !== '');
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const list = Object.values(json).find((value) => Array.isArray(value));
  return list === undefined ? undefined : textsIn(list);
}

function firstText(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  return Object.values(item).find((value) => typeof value === 'string');
}

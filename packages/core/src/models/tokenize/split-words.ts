/** What becomes of the matches of a pattern at which a text is split, by the names that tokenizer.json has for it. */
export const splitBehaviours = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
export type SplitBehaviour = (typeof splitBehaviours)[number];

interface Part {
  text: string;
  readonly isMatch: boolean;
}

/**
 * Splits a text as the reference does at the matches of a pattern (`invert`: at what lies between them).
 * @huggingface/tokenizers 0.2.0 knows neither merged nor contiguous matches, and takes `invert` for another question.
 */
export function splitWords(text: string, pattern: RegExp, behaviour: SplitBehaviour, invert = false): string[] {
  const parts = partsOf(text, pattern, invert);
  switch (behaviour) {
    case 'Removed':
      return texts(parts.filter(({ isMatch }) => !isMatch));
    case 'Isolated':
      return texts(parts);
    case 'MergedWithPrevious':
      return texts(merged(parts));
    case 'MergedWithNext':
      return texts(merged(parts.reverse(), (next, match) => match + next).reverse());
    case 'Contiguous':
      return texts(joined(parts));
  }
}

const texts = (parts: readonly Part[]): string[] => parts.map(({ text }) => text);

/** The whole text in parts, matches and what lies between them. */
function partsOf(text: string, pattern: RegExp, invert: boolean): Part[] {
  const parts: Part[] = [];
  const add = (part: string, isMatch: boolean): void => {
    if (part !== '') parts.push({ text: part, isMatch: isMatch !== invert });
  };
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    add(text.slice(end, match.index), false);
    add(match[0], true);
    end = match.index + match[0].length;
  }
  add(text.slice(end), false);
  return parts;
}

/** Each match joins the part before it, unless that is a match, too. */
function merged(parts: readonly Part[], join = (before: string, match: string): string => before + match): Part[] {
  const found: Part[] = [];
  let afterMatch = false;
  for (const { text, isMatch } of parts) {
    const last = found.at(-1);
    if (isMatch && !afterMatch && last) last.text = join(last.text, text);
    else found.push({ text, isMatch });
    afterMatch = isMatch;
  }
  return found;
}

/** Neighbouring matches are one, and so is what lies between matches. */
function joined(parts: readonly Part[]): Part[] {
  const found: Part[] = [];
  for (const { text, isMatch } of parts) {
    const last = found.at(-1);
    if (last?.isMatch === isMatch) last.text += text;
    else found.push({ text, isMatch });
  }
  return found;
}

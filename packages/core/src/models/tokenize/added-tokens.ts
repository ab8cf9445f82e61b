/** An entry of `added_tokens` in tokenizer.json. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where it is no part of a longer word. */
  readonly single_word?: boolean;
  /** Takes the white space before it away, or that after it. */
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** Part of a text: an added token, or what is yet to be tokenised. */
export interface Section {
  readonly text: string;
  readonly id?: number;
}

/** A tree of contents by their code units. */
interface Node {
  readonly next: Map<string, Node>;
  token?: AddedToken;
}

const letter = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;
const endsWithWord = new RegExp(`${letter}$`, 'u');
const beginsWithWord = new RegExp(`^${letter}`, 'u');
const whiteSpace = /\p{White_Space}/u;

/**
 * Finds added tokens in a text as the reference does: of those that begin at a place the longest, and from the left.
 * One that may not be part of a word, and is, stays text. @huggingface/tokenizers 0.2.0 takes it out of the word.
 * @param write how a token is written in the text that is searched
 */
export function addedTokenFinder(
  tokens: readonly AddedToken[],
  write: (content: string) => string = (content) => content,
): (text: string) => Section[] {
  const root: Node = { next: new Map() };
  for (const token of tokens) insert(root, write(token.content), token);
  if (root.next.size === 0) return (text) => [{ text }];
  return (text) => {
    const sections: Section[] = [];
    let read = 0;
    for (let at = 0; at < text.length;) {
      const match = longestAt(root, text, at);
      if (!match) {
        at++;
        continue;
      }
      const { token, end } = match;
      if (!token.single_word || standsAlone(text, at, end)) {
        const start = token.lstrip ? Math.max(read, beforeSpaces(text, at)) : at;
        if (read < start) sections.push({ text: text.slice(read, start) });
        sections.push({ text: token.content, id: token.id });
        read = token.rstrip ? afterSpaces(text, end) : end;
      }
      at = end;
    }
    if (read < text.length) sections.push({ text: text.slice(read) });
    return sections;
  };
}

function insert(root: Node, content: string, token: AddedToken): void {
  if (content === '') return;
  let node = root;
  for (let at = 0; at < content.length; at++) {
    let next = node.next.get(content[at]!);
    if (!next) node.next.set(content[at]!, (next = { next: new Map() }));
    node = next;
  }
  node.token = token;
}

function longestAt(root: Node, text: string, from: number): { token: AddedToken; end: number } | undefined {
  let found: { token: AddedToken; end: number } | undefined;
  let node = root.next.get(text[from]!);
  for (let end = from + 1; node; node = node.next.get(text[end++]!)) {
    if (node.token) found = { token: node.token, end };
  }
  return found;
}

/** Whether no letter touches that part of a text. A character is at most two code units long. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  return !endsWithWord.test(before) && !beginsWithWord.test(text.slice(end, end + 2));
}

function beforeSpaces(text: string, end: number): number {
  let at = end;
  while (at > 0 && whiteSpace.test(text[at - 1]!)) at--;
  return at;
}

function afterSpaces(text: string, start: number): number {
  let at = start;
  while (at < text.length && whiteSpace.test(text[at]!)) at++;
  return at;
}

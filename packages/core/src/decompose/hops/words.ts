/** Words that say nothing of what a text is about. English; a text in another language keeps all its words. */
const functionWords = new Set(
  (
    'a about after also an and are as at be been before but by can could did do does during for from had has have he her ' +
    'his how if in into is it its more most no not of on one or other out over she so some such than that the their ' +
    'them then there these they this those to two under up was were what when where which while who whom whose why will ' +
    'with would'
  ).split(' '),
);

/** The words of a text that say what it is about: lower case, without plural or genitive s, in order, each once. */
export function topicWords(text: string): Set<string> {
  const out = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (word.length > 1 && !functionWords.has(word)) out.add(singular(word));
  }
  return out;
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** How rare each word is among some texts: `ln(1 + (n − df + ½) / (df + ½))`, as in BM25. A word of none is rarest. */
export function rarityAmong(texts: readonly string[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of topicWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => {
    const count = counts.get(word) ?? 0;
    return Math.log(1 + (texts.length - count + 0.5) / (count + 0.5));
  };
}

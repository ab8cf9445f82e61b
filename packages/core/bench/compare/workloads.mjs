// Passages of an exact number of tokens, the same on every run: words that are one token each in the bench model.
const words = (
  'the of and in to was he is as for on with that it his by at from her she you had an were but be this are not have ' +
  'bridge river town history built year king water stone road people north city century church school house field army ' +
  'council trade market engine line railway station valley mountain island ship captain winter summer storm paper letter ' +
  'report number measure system question answer evidence reason'
).split(' ');

export const query = 'when was the bridge over the river built';
/** Tokens beside the passage's own: the query's eight words, [CLS] and two [SEP]. */
export const overhead = 11;

/** A number generator with a seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function passages(count, from, to, seed) {
  const random = generator(seed);
  return Array.from({ length: count }, () => {
    const length = from + Math.floor(random() * (to - from + 1));
    return Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
  });
}

/** Name, passages and their tokens, by the words in them. */
export const workloads = [
  { name: '100 short (20-60 tokens)', texts: passages(100, 20, 60, 1) },
  { name: '100 mixed (20-300 tokens)', texts: passages(100, 20, 300, 2) },
  { name: '100 long (400-480 tokens)', texts: passages(100, 400, 480, 3) },
  { name: '1 passage (100 tokens)', texts: passages(1, 100, 100, 4) },
  { name: '1,000 mixed (20-300 tokens)', texts: passages(1000, 20, 300, 5) },
];

/** Floating-point operations of the whole graph, nothing cut off, over unpadded tokens: MiniLM-L6. */
export function operations(texts) {
  const [layers, width, inner] = [6, 384, 1536];
  let total = 0;
  for (const text of texts) {
    const tokens = text.split(' ').length + overhead;
    total += layers * (tokens * 2 * (4 * width * width + 2 * width * inner) + 4 * tokens * tokens * width);
  }
  return total;
}

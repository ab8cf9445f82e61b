// BM25 over a whole corpus, as the figures of the literature use it: k1 1.2, b 0.75, English stop words, Snowball stems,
// over title and text. Made for measuring: the index is in memory and never changes.
import snowball from 'snowball-stemmers';

const stopWords = new Set(
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  ),
);
const stemmer = snowball.newStemmer('english');
const stems = new Map();

/** Lower-case words without stop words, stemmed. */
export function terms(text) {
  const out = [];
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (stopWords.has(word)) continue;
    let stem = stems.get(word);
    if (stem === undefined) stems.set(word, (stem = stemmer.stem(word)));
    out.push(stem);
  }
  return out;
}

/** A retriever over `{ id, content }` documents. */
export function bm25(documents, { k1 = 1.2, b = 0.75, name = 'bm25' } = {}) {
  const postings = new Map();
  const lengths = new Float64Array(documents.length);
  let total = 0;
  for (const [at, { content }] of documents.entries()) {
    const counts = new Map();
    const words = terms(content);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const list = postings.get(word);
      if (list) list.push(at, count);
      else postings.set(word, [at, count]);
    }
    lengths[at] = words.length;
    total += words.length;
  }
  const average = total / documents.length;
  const inverse = (word) => {
    const found = (postings.get(word)?.length ?? 0) / 2;
    return Math.log(1 + (documents.length - found + 0.5) / (found + 0.5));
  };
  return {
    name,
    /** How rare a word is: the inverse document frequency of its stem. */
    inverse: (word) => Math.max(0, ...terms(word).map(inverse)),
    async retrieve(query, { limit = 100 } = {}) {
      const scores = new Map();
      for (const word of new Set(terms(query))) {
        const list = postings.get(word);
        if (!list) continue;
        const weight = inverse(word);
        for (let i = 0; i < list.length; i += 2) {
          const at = list[i];
          const count = list[i + 1];
          const gain = (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * lengths[at]) / average));
          scores.set(at, (scores.get(at) ?? 0) + gain);
        }
      }
      return [...scores]
        .sort((x, y) => y[1] - x[1] || x[0] - y[0])
        .slice(0, limit)
        .map(([at, value]) => ({ ...documents[at], score: { value, kind: 'retrieval', by: name } }));
    },
  };
}

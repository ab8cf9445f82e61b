/**
 * A toy in place of an embedding model, so that the example runs anywhere: words, cut to six letters, hashed into 64
 * dimensions. Put the function of your embedding model here.
 */
export function embed(text) {
  const vector = Array.from({ length: 64 }, () => 0.001);
  for (const word of text.toLowerCase().match(/\p{L}{3,}/gu) ?? []) {
    let hash = 0;
    for (const letter of word.slice(0, 6)) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
    vector[hash % 64] += 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

// Made passages of a wanted length in words, the same for the same numbers: benches need no data set.
const vocabulary = (
  'the of and in to was bridge river town history built year king water stone road people north city century church school ' +
  'house field army council trade market engine line railway station valley mountain island harbour ship captain ' +
  'winter summer weather storm paper letter report number measure system question answer evidence reason'
).split(' ');

/** A number generator with a seed (a linear congruence is enough to mix words). */
function mixed(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** `count` passages of `from` to `to` words, evenly spread. */
export function passages(count, from, to, seed = 1) {
  const random = mixed(seed);
  return Array.from({ length: count }, (_, index) => {
    const words = Math.round(from + random() * (to - from));
    const drawn = Array.from({ length: words }, () => vocabulary[Math.floor(random() * vocabulary.length)]);
    return [...drawn, `${index}.`].join(' ');
  });
}

export function candidates(texts) {
  return texts.map((content, index) => ({ id: `p${index}`, content }));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Text that is segmented at a time: the segmenter slows down with the square of the length. */
const stretch = 256;

/** The grapheme clusters of a text, as `Intl.Segmenter` finds them in the whole, in time that grows with its length. */
export function* graphemes(text: string): Generator<string> {
  let length = stretch;
  for (let from = 0; from < text.length;) {
    let end = from + length;
    // Half a surrogate pair would end the cluster before it.
    while (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    let last = '';
    for (const { segment, index } of clusters.segment(text.slice(from, end))) {
      if (index > 0) yield last;
      last = segment;
    }
    if (end >= text.length) {
      yield last;
      return;
    }
    // The last one may go on beyond the end; the next stretch begins with it, where a cluster does begin.
    const read = end - last.length - from;
    length = read > 0 ? stretch : length * 2;
    from += read;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

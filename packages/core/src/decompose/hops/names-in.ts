/** Capitalised words that begin sentences and name nothing. */
const openers = new Set(
  (
    'The A An In On At He She It They We You I His Her Its Their Our This That These Those As For But And Or If When While ' +
    'After Before During From By With To Of Is Was Are Were Not There Then Since Both One Two First Although However ' +
    'According Also Another Among Many Most Some Such'
  ).split(' '),
);

// One class per step, small words at most twice between capitals: linear in the text.
const run =
  /\p{Lu}[\p{L}\p{M}\p{N}'’.&-]*(?: (?:(?:of|the|de|la|van|von|and|for|in) ){0,2}[\p{Lu}\p{N}][\p{L}\p{M}\p{N}'’.&-]*)*/gu;

/**
 * The names in a text, in order, each once: runs of capitalised words and numbers, small words between them kept (`Lord
 * of the Rings`). By letters alone: no list of names is needed, and a
 * language that writes nouns with capitals gives its nouns.
 */
export function namesIn(text: string): string[] {
  const out = new Set<string>();
  for (const [match] of text.replace(/\s+/g, ' ').matchAll(run)) {
    const words = match.split(' ');
    const from = words.findIndex((word) => !openers.has(word));
    if (from < 0) continue;
    const to = words.findLastIndex((word) => !openers.has(word));
    const name = withoutMarks(words.slice(from, to + 1).join(' ').replace(/['’]s$/, '')); // prettier-ignore
    if (name.length > 2 && /\p{Lu}/u.test(name)) out.add(name);
  }
  return [...out];
}

/** Without the marks at its end, which belong to the sentence. */
function withoutMarks(name: string): string {
  let end = name.length;
  while (end > 0 && ".,'’&-".includes(name[end - 1]!)) end--;
  return name.slice(0, end);
}

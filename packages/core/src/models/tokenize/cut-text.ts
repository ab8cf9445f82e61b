/** A place to cut a long text, and how many tokens beside it are not believed. */
export interface Cut {
  readonly at: number;
  readonly slack: number;
}

/** Tokens beside a cut that are not believed, as they may differ from those of the whole text. */
export interface Slack {
  readonly atSpace: number;
  readonly elsewhere: number;
}

const ideograph = /[\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;
const punctuation = /[!-/:-@[-`{-~]/;

/**
 * Where to cut the beginning of a text off, near `end` and after the middle of what stands before it: at a single white
 * space, else before a punctuation mark or an East Asian character, else at `end` itself. Words are tokenised
 * alike with and without what follows.
 */
export function cutBefore(text: string, end: number, slack: Slack): Cut {
  return placeOf(text, end, Math.floor(end / 2), slack);
}

/** Where to cut the end of a text off: after `start`, in the first half of what follows, by the same rules. */
export function cutAfter(text: string, start: number, slack: Slack): Cut {
  return placeOf(text, start, Math.ceil((start + text.length) / 2), slack);
}

/** The first place from `from` on, in the direction of `to`. */
function placeOf(text: string, from: number, to: number, slack: Slack): Cut {
  const step = to < from ? -1 : 1;
  let other: number | undefined;
  for (let at = from; at !== to; at += step) {
    const character = text[at]!;
    if (/\s/.test(character) && /\S/.test(text[at - 1] ?? '') && /\S/.test(text[at + 1] ?? '')) {
      return { at, slack: slack.atSpace };
    }
    if (other === undefined && (punctuation.test(character) || ideograph.test(character))) other = at;
  }
  return { at: other ?? betweenCharacters(text, from), slack: slack.elsewhere };
}

/** The same place, or the one before where it is inside a surrogate pair. */
function betweenCharacters(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}

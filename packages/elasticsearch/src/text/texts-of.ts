import { readText, SecondpassError } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';

/**
 * What a `text` function gives for a hit: a text, a list of texts, or nothing; `undefined` and `null` in a list are
 * nothing too.
 * @throws SecondpassError, naming the hit: `failed` where the function throws, `invalid-argument` for what is no text
 */
export function textsOf(text: (hit: Hit) => unknown, hit: Hit): readonly string[] {
  const which = hit._id === undefined ? 'a hit without _id' : `hit "${hit._id}"`;
  const { content, unread } = readText(() => text(hit), which);
  if (unread) throw unread;
  if (typeof content === 'string') return [content];
  const given: readonly unknown[] = content;
  return given.flatMap((one) => {
    if (one === undefined || one === null) return [];
    if (typeof one === 'string') return [one];
    const fact = `text() gave a list for ${which} with something in it that is no text (${typeof one}).`;
    throw new SecondpassError('invalid-argument', `${fact} Give a text, texts, or undefined for none.`);
  });
}

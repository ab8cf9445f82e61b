import { createHash } from 'node:crypto';
import { SecondpassError } from '@secondpass/core';
import type { RankedList } from '@secondpass/core/evaluate';

/** What tells the list of one query from any other: the query, its documents in their order, and their scores. */
export function digestOf({ query, hits }: RankedList): string {
  return createHash('sha256')
    .update(JSON.stringify([query, hits]))
    .digest('base64');
}

/**
 * Checks one query of the second reading of a run, before anything is made of it: the documents that are needed were
 * looked up for what stood there at first.
 * @param before digests of the first reading
 * @param at the 0-based place of the list; where the reading ended, if there is none
 * @throws SecondpassError `failed` where the first reading found something else there
 */
export function refuseChanged(
  run: string,
  before: readonly string[],
  at: number,
  list: RankedList | undefined,
  output: { readonly path: string; readonly takesBack: boolean },
): void {
  if ((list && digestOf(list)) === before[at]) return;
  const written =
    output.takesBack || at === 0
      ? 'Nothing was written; try again when nobody writes to it.'
      : `${at} of its queries went to ${output.path} before that; leave them out, and try again when nobody writes to the run.`;
  throw new SecondpassError(
    'failed',
    `The run ${run} changed while it was read: ${change(before.length, at, list)}. ${written}`,
  );
}

function change(queries: number, at: number, list: RankedList | undefined): string {
  if (list === undefined) return `${queries} queries at first, then ${at}`;
  if (at >= queries) return `${queries} queries at first, then more ("${list.query}")`;
  return `its query ${at + 1} ("${list.query}") is not what it was`;
}

import { SecondpassError } from '@secondpass/core';

const form = /^secondpass:(\d+)\/(\d+)$/u;

/**
 * What stands in `sort` of a hit inside the window instead of the search's own values: those would continue the search
 * from a place in *its* order, with hits left out and others shown twice. Passed to `search_after`, it continues after
 * this hit. (The search's own values are in `_secondpass.firstStage.sort`.)
 * @param place 0-based, in the reranked order
 */
export function cursorAfter(place: number, window: number): string[] {
  return [`secondpass:${place + 1}/${window}`];
}

/**
 * The 0-based place at which a page begins that is asked for with a cursor; `undefined` if `search_after` is absent or
 * holds sort values, which only hits below the window have.
 * @throws SecondpassError `invalid-argument` if the cursor comes from a search with another window
 */
export function placeOfCursor(searchAfter: unknown, window: number): number | undefined {
  if (!Array.isArray(searchAfter) || searchAfter.length !== 1) return undefined;
  const [, place, of] = form.exec(String(searchAfter[0])) ?? [];
  if (place === undefined) return undefined;
  if (Number(of) === window) return Number(place);
  throw new SecondpassError(
    'invalid-argument',
    `search_after continues a search with window ${of}, and this one has window ${window}: keep the window while paging.`,
  );
}

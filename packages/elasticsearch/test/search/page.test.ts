import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAfter, placeOfCursor } from '../../src/search/cursor.ts';
import { planPage } from '../../src/search/page.ts';
import { refuse } from '../../src/search/refuse.ts';

/** The ranking that the contract promises: the window turned round, then the first stage's order. */
function ranking(found: number, window: number): number[] {
  const all = Array.from({ length: found }, (_, place) => place);
  return [...all.slice(0, window).toReversed(), ...all.slice(window)];
}

/** What a page is if the plan is followed: fetch, rerank if told, cut. */
function follow(found: number, wish: Parameters<typeof planPage>[0]): number[] {
  const plan = planPage(wish);
  const came = Array.from({ length: found }, (_, place) => place).slice(plan.from, plan.from + plan.size);
  const ordered = plan.rerank ? [...came.slice(0, wish.window).toReversed(), ...came.slice(wish.window)] : came;
  return ordered.slice(plan.skip, plan.skip + wish.size);
}

const numbers = {
  found: fc.nat(120),
  start: fc.nat(130),
  size: fc.integer({ min: 1, max: 40 }),
  window: fc.integer({ min: 1, max: 60 }),
};

describe('paging', () => {
  it('cuts every page from one ranking, however it is asked for', () => {
    fc.assert(
      fc.property(fc.record({ ...numbers, byCursor: fc.boolean() }), ({ found, start, size, window, byCursor }) => {
        const page = follow(found, { start, size, window, ends: false, byCursor });
        expect(page).toEqual(ranking(found, Math.min(window, found)).slice(start, start + size));
      }),
    );
  });

  it('ends with the window where topK or minScore end it', () => {
    fc.assert(
      fc.property(fc.record(numbers), ({ found, start, size, window }) => {
        const page = follow(found, { start, size, window, ends: true });
        expect(page).toEqual(
          ranking(found, Math.min(window, found))
            .slice(0, window)
            .slice(start, start + size),
        );
      }),
    );
  });

  it('asks for no more than the search can give, and cuts the same pages', () => {
    fc.assert(
      fc.property(
        fc.record({ ...numbers, most: fc.integer({ min: 1, max: 60 }), byCursor: fc.boolean() }),
        ({ start, size, most, ...rest }) => {
          fc.pre(size <= most);
          const window = Math.min(rest.window, most);
          const found = Math.min(rest.found, most);
          const wish = { start, size, window, ends: false, byCursor: rest.byCursor, most };
          expect(planPage(wish).size).toBeLessThanOrEqual(most);
          expect(follow(found, wish)).toEqual(ranking(found, Math.min(window, found)).slice(start, start + size));
        },
      ),
    );
  });

  it('leaves it to the cluster to refuse a page that is larger than the search can give', () => {
    expect(planPage({ start: 0, size: 20, window: 10, ends: false, most: 10 })).toMatchObject({ from: 0, size: 20 });
  });

  it('asks for no more than the window or the page needs', () => {
    expect(planPage({ start: 0, size: 10, window: 50, ends: false })).toEqual({
      from: 0,
      size: 50,
      rerank: true,
      skip: 0,
    });
    expect(planPage({ start: 45, size: 10, window: 50, ends: false })).toEqual({
      from: 0,
      size: 55,
      rerank: true,
      skip: 45,
    });
    expect(planPage({ start: 50, size: 10, window: 50, ends: false })).toEqual({
      from: 50,
      size: 10,
      rerank: false,
      skip: 0,
    });
  });
});

describe('a cursor', () => {
  it('comes back as the place after the hit, and only to the same window', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 10_000 }), (place, window) => {
        expect(placeOfCursor(cursorAfter(place, window), window)).toBe(place + 1);
        expect(() => placeOfCursor(cursorAfter(place, window), window + 1)).toThrow(/keep the window/u);
      }),
    );
  });

  it('is told from sort values', () => {
    for (const after of [undefined, null, [], [1.5, 'a'], ['secondpass'], ['a', 'secondpass:1/2'], 'secondpass:1/2']) {
      expect(placeOfCursor(after, 2)).toBeUndefined();
    }
  });
});

describe('what is refused', () => {
  it.each([
    [{ sort: 'date' }, /sorts by date, asc/u],
    [{ sort: 'date:desc' }, /sorts by date, desc/u],
    [{ sort: ['date', '_score'] }, /sorts by date/u],
    [{ sort: { date: 'desc' } }, /sorts by date, desc/u],
    [{ sort: [{ date: { order: 'asc' } }] }, /sorts by date, asc/u],
    [{ sort: '_score:asc' }, /sorts by _score, asc/u],
    [{ sort: [{ _score: { order: 'asc' } }] }, /sorts by _score, asc/u],
    [{ sort: { _geo_distance: { place: [0, 0], order: 'asc' } } }, /sorts by _geo_distance/u],
    [{ scroll: '1m' }, /scroll cannot be reranked/u],
  ])('%j', (params, message) => {
    expect(() => refuse(params, undefined)).toThrow(message);
  });

  it('is not an order by relevance', () => {
    for (const sort of [
      undefined,
      null,
      [],
      '',
      '_score',
      '_score:desc',
      '_score,date',
      ['_score'],
      [{ _score: 'desc' }, 'id'],
      { _score: {} },
    ]) {
      expect(() => refuse({ sort }, {})).not.toThrow();
    }
    expect(() => refuse({}, { asStream: true })).toThrow(/asStream/u);
  });
});

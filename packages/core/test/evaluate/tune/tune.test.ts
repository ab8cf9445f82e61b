import { describe, expect, it } from 'vitest';
import { byScore, type Scorer } from '@secondpass/core';
import { qrelsOf, runOf, tune, type TuneSystem } from '@secondpass/core/evaluate';
import { asked, given, lists, names, scorer, system } from './synthetic.ts';

const fail = (what: string): never => {
  throw new Error(what);
};

describe('tune', () => {
  it('recommends a depth that holds on the queries it was not chosen on, and scores every pair once', async () => {
    asked.pairs = 0;
    const report = await tune(given([system('able', 0.9)]));
    expect(asked.pairs).toBe(80 * 40);
    expect(report.depths).toEqual({ measured: [5, 10, 20, 40], unavailable: [80] });
    expect(report.settings).toHaveLength(1 + 4 * 2);
    expect((await tune(given([system('able', 0.9)], { depths: [5, 50] }))).depths).toEqual({
      measured: [5, 40],
      unavailable: [50],
    });
    const { setting, choosing, heldOut } = report.recommendation!;
    expect(setting).toMatchObject({ system: 'able', depth: 40 });
    expect([choosing.queries, heldOut.queries]).toEqual([40, 40]);
    expect(heldOut.gain).toBeGreaterThan(0.3);
    expect(heldOut.interval!.low).toBeGreaterThan(0.2);
    expect(report.code).toContain('window(byScore(scorer), 40)');
    expect(report.gains).toHaveLength(80);
    const gain = (choosing.gain + heldOut.gain) / 2;
    expect(report.gains.reduce((sum, row) => sum + row.gain, 0) / 80).toBeCloseTo(gain, 9);
    expect(report.gains.every(({ ms }) => ms > 0)).toBe(true);
    expect(report.notes.map(({ code }) => code)).toContain('too-shallow');
    expect(report.settings.find(({ onFront, name }) => onFront && name === 'first stage')).toBeDefined();
  });

  it('drops the worse of several systems early, and keeps shared queries for the rest', async () => {
    asked.pairs = 0;
    const report = await tune(
      given([system('able', 0.9), system('weak', 0.55), system('blind', 0), system('dull', 0.2)]),
    );
    expect(report.recommendation!.setting.system).toBe('able');
    expect(report.dropped.map(({ queries }) => queries)).toEqual([16, 16, 32]);
    expect(report.dropped.map(({ system: name }) => name)).not.toContain('able');
    expect(asked.pairs).toBe((16 * 4 + 16 * 2 + 48) * 40);
  });

  it('warns where the model hurts, and keeps the first stage', async () => {
    const perfect = runOf(
      'first',
      lists.map(([query, hits]) => [
        query,
        [...hits].sort((a, b) => Number(b.id.endsWith('good')) - Number(a.id.endsWith('good'))),
      ]),
    );
    const report = await tune(given([system('blind', 0)], { first: perfect }));
    expect(report.recommendation!.name).toBe('first stage');
    expect(report.notes.map(({ code }) => code)).toContain('out-of-domain');
    expect(report.code).toContain('Keep the order of the first stage');
  });

  it('warns where depth buys nothing', async () => {
    const shallow = runOf(
      'first',
      lists.map(([query, hits], i) => [
        query,
        [
          ...hits.slice(0, 1 + (i % 4)).filter(({ id }) => !id.endsWith('good')),
          { id: `${query}-good`, score: 99 },
          ...hits.filter(({ id }) => !id.endsWith('good')).slice(4),
        ].map(({ id }, at) => ({ id, score: 100 - at })),
      ]),
    );
    const report = await tune(given([system('able', 0.75)], { first: shallow, blends: [0] }));
    expect(report.recommendation!.setting.depth).toBeLessThanOrEqual(10);
    expect(report.notes.map(({ code }) => code)).toContain('too-deep');
  });

  it('stops when the time is used up, and says so', async () => {
    const slow: TuneSystem = {
      ...system('able', 0.9),
      scorer: {
        ...scorer('able', 0.9),
        score: async (query, candidates) => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          return scorer('able', 0.9).score(query, candidates);
        },
      },
    };
    const report = await tune(given([slow], { timeMs: 1000 }));
    expect(report.outOfTime).toBe(true);
    expect(report.queries.used).toBeGreaterThanOrEqual(4);
    expect(report.queries.used).toBeLessThan(40);
    expect(report.queries.available).toBe(80);
    await expect(tune(given([slow], { timeMs: 1 }))).rejects.toThrow('Only 1 of 80 queries could be scored in 0.0 s');
    expect((await tune(given([slow], { timeMs: 1, qrels: undefined }))).queries.used).toBe(1);
  });

  it('tells without judgments only how the top settles, and says which queries took no part with them', async () => {
    const { agreement, settings, recommendation } = await tune(given([system('able', 0.9)], { qrels: undefined }));
    expect([settings, recommendation]).toEqual([[], undefined]);
    expect(agreement.map(({ depth }) => depth)).toEqual([5, 10, 20, 40]);
    expect(agreement.at(-1)).toMatchObject({ overlap: 1, rbo: expect.closeTo(1, 9) });
    expect(agreement[0]!.overlap).toBeLessThan(agreement[2]!.overlap);
    const odd = await tune(
      given([system('able', 0.9)], {
        qrels: qrelsOf([
          ...names.slice(0, 20).map((query) => [query, { [`${query}-good`]: 1 }] as const),
          ['q30', { x: 0 }],
          ['gone', { x: 1 }],
        ]),
      }),
    );
    expect(odd.notes.slice(0, 2)).toMatchObject([
      { code: 'nothing-relevant', ids: ['q30'] },
      { code: 'unanswered-query', ids: ['gone'] },
    ]);
    expect(odd.queries).toEqual({ used: 20, available: 20 });
  });

  it("hands the first stage's scores to the reranker, and its code says that they are needed", async () => {
    const seen: unknown[] = [];
    const watching: Scorer = {
      ...scorer('able', 0.9),
      score: async (query, candidates) => {
        seen.push(...candidates.map(({ score }) => score));
        return scorer('able', 0.9).score(query, candidates);
      },
    };
    const first = runOf('bm25', [
      ...lists.slice(0, 4),
      ...lists.slice(4).map(([query, hits]) => [query, hits.map(({ id }) => id)] as const),
    ]);
    await tune(given([{ ...system('able', 0.9), scorer: watching }], { first }));
    expect(seen.filter((score) => score === undefined)).toHaveLength(76 * 40);
    const scores = seen.filter((score) => score !== undefined);
    expect(new Set(scores.map((score) => JSON.stringify(score))).size).toBe(40);
    expect(scores).toContainEqual({ value: 40, kind: 'retrieval', by: 'bm25' });
    const found = await tune(given([system('able', 0.9)]));
    expect(found.code).toContain("score: { value, kind: 'retrieval', by: 'bm25' }");
  });

  it('tries no blend where the first stage has no scores, and says so', async () => {
    const unscored = runOf(
      'dense',
      lists.map(([query, hits]) => [query, hits.map(({ id }) => id)]),
    );
    const report = await tune(given([system('able', 0.9)], { first: unscored, blends: [0.5, 0.7] }));
    expect(report.settings.map(({ setting }) => setting.blend)).toEqual([0, 0, 0, 0, 0]);
    expect(report.notes[0]).toMatchObject({ code: 'no-scores', by: 'tune' });
    expect(report.notes[0]!.message).toContain('"dense"');
    const codes = async (first: typeof unscored, blends: readonly number[]) =>
      (await tune(given([system('able', 0.9)], { first, blends }))).notes.map(({ code }) => code);
    expect(await codes(unscored, [0])).not.toContain('no-scores');
    const partly = runOf('mixed', [...lists.slice(0, 1), ...[...unscored.lists].slice(1)]);
    expect(await codes(partly, [0.5])).not.toContain('no-scores');
  });

  it('says so where texts were known from earlier queries, and what new ones take', async () => {
    const known = new Set<string>();
    const keeping: Scorer = {
      ...scorer('able', 0.9),
      async score(query, candidates) {
        const cached = candidates.filter(({ id }) => known.has(id)).length;
        for (const { id } of candidates) known.add(id);
        await new Promise((resolve) => setTimeout(resolve, cached > 0 ? 0 : 8));
        const { value } = await scorer('able', 0.9).score(query, candidates);
        return { value, run: { by: 'able', durationMs: 0, usage: { cached } } };
      },
    };
    // Every second list holds what the first list holds.
    const first = runOf(
      'first',
      lists.map(([query, hits], at) => [query, at % 2 === 0 ? hits : lists[0]![1]]),
    );
    const report = await tune(given([{ ...system('able', 0.9), scorer: keeping }], { first }));
    const note = report.notes.find(({ code }) => code === 'warm')!.message;
    expect(note).toMatch(/ (39|40) of 80 queries met texts/);
    expect(Number(/took (\d+) ms/.exec(note)![1])).toBeGreaterThanOrEqual(7);
    expect((await tune(given([system('able', 0.9)]))).notes.map(({ code }) => code)).not.toContain('warm');
    const unjudged = given([{ ...system('able', 0.9), scorer: keeping }], { first, qrels: undefined });
    expect((await tune(unjudged)).notes.map(({ code }) => code)).toEqual(['warm']);
  });

  it('leaves documents without a text unscored, below the scored ones', async () => {
    const report = await tune(
      given([system('able', 1)], { textOf: (id) => (id.endsWith('good') ? undefined : `text ${id}`), blends: [0] }),
    );
    expect(report.recommendation!.name).toBe('first stage');
    expect(report.settings[1]!.quality).toBeLessThan(report.settings[0]!.quality);
  });

  it('refuses what cannot be tuned', async () => {
    await expect(tune(given([]))).rejects.toThrow('at least one system');
    await expect(tune(given([system('a', 1), system('b', 1), system('a', 0)]))).rejects.toThrow(
      'Two systems are called "a"; give each a name of its own.',
    );
    await expect(tune(given([system('a', 1)], { depths: [10, 5] }))).rejects.toThrow('must be whole numbers that rise');
    await expect(tune(given([system('a', 1)], { blends: [1] }))).rejects.toThrow('weights from 0 to below 1');
    await expect(tune(given([system('a', 1)], { qrels: qrelsOf({ z: { a: 1 } }) }))).rejects.toThrow(
      'Only 0 of 1 queries have a text, hits and a relevant document; tuning needs 4',
    );
    await expect(tune(given([system('a', 1)], { qrels: new Map() }))).rejects.toThrow('no judgments to tune by');
    const few = given([system('a', 1)], { qrels: undefined, first: runOf('first', lists.slice(0, 3)) });
    await expect(tune(few)).rejects.toThrow(
      'Only 3 of 3 queries have a text and hits; tuning needs 4 at the very least.',
    );
    await expect(tune(given([system('a', 1)], { budget: 3 } as never))).rejects.toThrow('no option "budget"');
    const misplaced = { ...system('a', 1), scorer: byScore(scorer('a', 1)) as never };
    await expect(tune(given([misplaced]))).rejects.toThrow(
      'scorer of system "a" takes a scorer, which has score(); got a reranker',
    );
    const watched = given([system('a', 1)], { onProgress: () => fail('an observer') });
    expect((await tune(watched)).queries.used).toBe(80);
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(tune(given([system('a', 1)], { signal: stop.signal }))).rejects.toThrow('enough');
  });
});

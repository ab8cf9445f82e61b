import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { blend as blendOf, byScore, firstStage, type Scorer, window } from '@secondpass/core';
import {
  applySetting,
  openResults,
  probe,
  qrelsOf,
  runOf,
  settingName,
  tune,
  type TuneOptions,
  type TuneSystem,
} from '@secondpass/core/evaluate';
import { seededRandom } from '../../src/maths/random.ts';
import { choose } from '../../src/evaluate/tune/choose.ts';
import { crossValidate } from '../../src/evaluate/tune/cross-validate.ts';
import type { MeasuredSetting } from '../../src/evaluate/tune/measure-settings.ts';
import { paretoFront } from '../../src/evaluate/tune/pareto.ts';
import { recommend } from '../../src/evaluate/tune/recommend.ts';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A number in [0, 1) that depends on a text alone. */
function noise(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16_777_619);
  // The last steps of MurmurHash3: without them texts that are alike get numbers that are alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

let calls = 0;
/** Knows which text is good, up to noise: `skill` 1 always, 0 never. */
function scorer(name: string, skill: number): Scorer {
  return {
    name,
    kind: 'logit',
    pointwise: true,
    async score(query, candidates) {
      calls += candidates.length;
      return {
        value: {
          scores: candidates.map(
            ({ id, content }) =>
              (String(content).includes('good') ? skill : 0) + (1 - skill) * noise(`${name}${String(query)}${id}`),
          ),
        },
      };
    },
  };
}
const system = (name: string, skill: number): TuneSystem => ({
  name,
  scorer: scorer(name, skill),
  code: { load: 'await loadCrossEncoder()', scorer: 'model', imports: [] },
});

/** 80 queries with 40 hits each; the one good document stands at a rank between 1 and 30. */
const names = Array.from({ length: 80 }, (_, i) => `q${i}`);
const lists = names.map((query) => {
  const place = Math.floor(noise(query) * 30);
  return [
    query,
    Array.from({ length: 40 }, (_, i) => ({ id: i === place ? `${query}-good` : `${query}-${i}`, score: 40 - i })),
  ] as const;
});
const given = (systems: readonly TuneSystem[], more: Partial<TuneOptions> = {}): TuneOptions => ({
  queries: new Map(names.map((query) => [query, `question ${query}`])),
  first: runOf('first', lists),
  textOf: (id) => `text ${id}`,
  qrels: qrelsOf(names.map((query) => [query, { [`${query}-good`]: 1 }])),
  systems,
  depths: [5, 10, 20, 40, 80],
  blends: [0, 0.5],
  ...more,
});

describe('applying a setting', () => {
  const hits = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      first: fc.integer({ min: 0, max: 10_000 }),
      score: fc.integer({ min: -5000, max: 5000 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
  );

  it('orders as window(byScore(blend())) does: the code it recommends', async () => {
    await fc.assert(
      fc.asyncProperty(
        hits,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0, 0.1, 0.5, 0.9),
        async (rows, depth, blend) => {
          const listed = [...rows]
            .sort((a, b) => b.first - a.first)
            .map((row, index) => ({ ...row, first: row.first - index / 100 }));
          const candidates = listed.map(({ id, first }) => ({
            id,
            content: id,
            score: { value: first, kind: 'retrieval', by: 'first' } as const,
          }));
          const values = new Map(listed.map(({ id, score }, index) => [id, score + index / 1000]));
          const model: Scorer = {
            name: 'model',
            kind: 'logit',
            pointwise: true,
            score: async (_query, all) => ({ value: { scores: all.map(({ id }) => values.get(id)!) } }),
          };
          const applied = applySetting(
            listed.map(({ id, first }) => ({ id, score: first })),
            listed.map(({ id }) => values.get(id)!),
            { system: 'model', depth, blend },
          );
          const scorer =
            blend === 0
              ? model
              : blendOf(
                  [
                    { scorer: model, weight: 1 - blend },
                    { scorer: firstStage(), weight: blend },
                  ],
                  { missing: 'lowest' },
                );
          const { results } = await window(byScore(scorer), depth).rerank('q', candidates);
          const expected = results.map(({ candidate }) => candidate.id);
          expect(applied).toEqual(expected);
        },
      ),
    );
  });

  it('keeps hits that could not be scored below, and takes ranks where the first stage has no scores', () => {
    const setting = { system: 'm', depth: 3, blend: 0 };
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], [1, null, 2], setting)).toEqual([
      'c',
      'a',
      'b',
      'd',
    ]);
    expect(applySetting([{ id: 'a' }, { id: 'b' }, { id: 'c' }], [0, 0, 1], { ...setting, blend: 0.9 })).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(settingName({ ...setting, blend: 0.2 })).toBe('m, depth 3, 0.2 first stage');
  });
});

const setting = (depth: number, values: readonly number[], ms: number): MeasuredSetting => ({
  setting: { ...(depth > 0 && { system: 'm' }), depth, blend: 0 },
  values: Float64Array.from(values),
  ms: new Float64Array(values.length).fill(ms),
});

describe('choosing', () => {
  const rows = Array.from({ length: 30 }, (_, i) => i);
  const base = setting(
    0,
    rows.map((i) => 0.5 + (i % 3) / 100),
    0,
  );
  const good = setting(
    10,
    rows.map((i) => 0.7 + (i % 3) / 100),
    50,
  );
  const slow = setting(
    50,
    rows.map((i) => 0.703 + (i % 3) / 100),
    400,
  );
  const noisy = setting(
    20,
    rows.map((i) => (i % 2 === 0 ? 0.1 : 0.95)),
    80,
  );

  it('takes the fastest within the tolerance, and the best where nothing may be given up', () => {
    expect(choose([base, good, slow], rows).chosen).toBe(good);
    expect(choose([base, good, slow], rows, { tolerance: 0 }).chosen).toBe(slow);
    expect(choose([base, good, slow], rows, { tolerance: 0, budgetMs: 100 }).chosen).toBe(good);
    expect(choose([base, good, slow], rows, { budgetMs: 10 }).chosen).toBe(base);
  });

  it('keeps the first stage where a gain may be chance', () => {
    expect(choose([base, noisy], rows)).toMatchObject({ unproven: true, best: { setting: { depth: 20 } } });
    expect(choose([base, noisy], rows).chosen).toBe(base);
  });

  it('is not fooled by many settings without a real gain: cross-validation stays near 0', () => {
    const random = seededRandom(7);
    const many = Array.from({ length: 400 }, (_, s) => setting(s + 1, rows.map(random), 10));
    const flat = setting(
      0,
      rows.map(() => 0.5),
      0,
    );
    const { chosen, unproven } = choose([flat, ...many], rows);
    const optimistic = rows.reduce((sum, i) => sum + chosen.values[i]! - flat.values[i]!, 0) / rows.length;
    expect([unproven, optimistic > 0.1]).toEqual([false, true]);
    const honest = crossValidate([flat, ...many], rows)!;
    expect(honest.gain).toBeLessThan(optimistic / 2);
    expect(honest.interval!.low).toBeLessThan(0);
    expect(crossValidate([flat], [0, 1])).toBeUndefined();
  });

  it('measures what was chosen on the half it was not chosen on', () => {
    const early = setting(
      10,
      rows.map((i) => (i < 15 ? 0.9 : 0.4)),
      30,
    );
    const late = setting(
      20,
      rows.map((i) => (i < 15 ? 0.4 : 0.8)),
      60,
    );
    const [choosing, heldOut] = [rows.slice(0, 15), rows.slice(15)];
    const found = recommend([base, early, late], choosing, heldOut, { measure: 'nDCG@10' });
    expect(found).toMatchObject({
      setting: { depth: 10 },
      heldOutChoice: 'm, depth 20',
      choosing: { queries: 15, quality: expect.closeTo(0.9, 9), latency: { p50: 30, p95: 30 } },
      heldOut: { queries: 15, quality: expect.closeTo(0.4, 9), gain: expect.closeTo(-0.11, 9) },
    });
    expect(found.heldOut.interval!.high).toBeLessThan(0);
  });

  it('finds the points that no other point beats', () => {
    const point = fc.record({ q: fc.integer({ min: 0, max: 6 }), ms: fc.integer({ min: 0, max: 6 }) });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (points) => {
        const front = paretoFront(
          points,
          ({ q }) => q,
          ({ ms }) => ms,
        );
        const beaten = (a: (typeof points)[0]): boolean =>
          points.some((b) => b.q >= a.q && b.ms <= a.ms && (b.q > a.q || b.ms < a.ms));
        const expected = new Set(points.filter((one) => !beaten(one)).map(({ q, ms }) => `${q}/${ms}`));
        expect(new Set(front.map(({ q, ms }) => `${q}/${ms}`))).toEqual(expected);
        expect(front).toHaveLength(expected.size);
      }),
    );
  });
});

describe('tune', () => {
  it('recommends a depth that holds on the queries it was not chosen on, and scores every pair once', async () => {
    calls = 0;
    const report = await tune(given([system('able', 0.9)]));
    expect(calls).toBe(80 * 40);
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
    expect(report.notes.map(({ code }) => code)).toContain('too-shallow');
    expect(report.settings.find(({ onFront, name }) => onFront && name === 'first stage')).toBeDefined();
  });

  it('drops the worse of several systems early, and keeps shared queries for the rest', async () => {
    calls = 0;
    const report = await tune(
      given([system('able', 0.9), system('weak', 0.55), system('blind', 0), system('dull', 0.2)]),
    );
    expect(report.recommendation!.setting.system).toBe('able');
    expect(report.dropped.map(({ queries }) => queries)).toEqual([16, 16, 32]);
    expect(report.dropped.map(({ system: name }) => name)).not.toContain('able');
    expect(calls).toBe((16 * 4 + 16 * 2 + 48) * 40);
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
          await new Promise((resolve) => setTimeout(resolve, 5));
          return scorer('able', 0.9).score(query, candidates);
        },
      },
    };
    const report = await tune(given([slow], { timeMs: 200 }));
    expect(report.outOfTime).toBe(true);
    expect(report.queries.used).toBeGreaterThanOrEqual(1);
    expect(report.queries.used).toBeLessThan(40);
    expect(report.queries.available).toBe(80);
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

  it('leaves documents without a text unscored, below the scored ones', async () => {
    const report = await tune(
      given([system('able', 1)], { textOf: (id) => (id.endsWith('good') ? undefined : `text ${id}`), blends: [0] }),
    );
    expect(report.recommendation!.name).toBe('first stage');
    expect(report.settings[1]!.quality).toBeLessThan(report.settings[0]!.quality);
  });

  it('refuses what cannot be tuned', async () => {
    await expect(tune(given([]))).rejects.toThrow('at least one system');
    await expect(tune(given([system('a', 1)], { depths: [10, 5] }))).rejects.toThrow('must be whole numbers that rise');
    await expect(tune(given([system('a', 1)], { blends: [1] }))).rejects.toThrow('weights from 0 to below 1');
    await expect(tune(given([system('a', 1)], { qrels: qrelsOf({ z: { a: 1 } }) }))).rejects.toThrow(
      'Only 0 of 1 queries',
    );
    await expect(tune(given([system('a', 1)], { budget: 3 } as never))).rejects.toThrow('no option "budget"');
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(tune(given([system('a', 1)], { signal: stop.signal }))).rejects.toThrow('enough');
  });
});

describe('the results file', () => {
  const key = { inputs: 'abc', depths: [5, 10, 20, 40] };
  const path = join(folder, 'results.jsonl');

  it('goes on after an interruption where it was, even if the last line was cut off', async () => {
    const stop = new AbortController();
    const first = await openResults(path, key);
    const interrupted = tune(
      given([system('able', 0.9)], {
        store: first,
        signal: stop.signal,
        onProgress: (done) => done === 30 && stop.abort(new Error('Ctrl-C')),
      }),
    );
    await expect(interrupted).rejects.toThrow('Ctrl-C');
    await first.close();
    truncateSync(path, readFileSync(path).length - 25);
    calls = 0;
    const second = await openResults(path, key);
    const resumed = await tune(given([system('able', 0.9)], { store: second }));
    await second.close();
    expect(calls).toBe((80 - 29) * 40);
    const whole = await tune(given([system('able', 0.9)]));
    expect(resumed.settings.map(({ name, quality }) => [name, quality])).toEqual(
      whole.settings.map(({ name, quality }) => [name, quality]),
    );
    calls = 0;
    const third = await openResults(path, key);
    expect(await tune(given([system('able', 0.9)], { store: third }))).toEqual(resumed);
    expect((await tune(given([system('able', 0.9)], { store: third, timeMs: 0.001 }))).queries.used).toBe(80);
    await third.close();
    expect(calls).toBe(0);
  });

  it('does not take the scores of other weights of the same name', async () => {
    const file = join(folder, 'weights.jsonl');
    for (const [skill, asked] of [
      [0.9, 40],
      [0.9, 0],
      [0.1, 40],
    ] as const) {
      const store = await openResults(file, key);
      calls = 0;
      const one = { ...system('same', skill), revision: await probe(scorer('same', skill)) };
      const before = calls;
      await tune(given([one], { store }));
      await store.close();
      expect((calls - before) / 80).toBe(asked);
    }
  });

  it('takes a last line without its line end, and refuses a file of other inputs or of something else', async () => {
    const other = join(folder, 'other.jsonl');
    const opened = await openResults(other, key);
    await opened.append('s', 'q', { scores: [1, null], stepMs: [2] });
    await opened.close();
    truncateSync(other, readFileSync(other).length - 1);
    const again = await openResults(other, key);
    expect(again.known.get('s')!.get('q')).toEqual({ scores: [1, null], stepMs: [2] });
    await again.append('s', 'q2', { scores: [], stepMs: [] });
    await again.close();
    expect(readFileSync(other, 'utf8').split('\n')).toHaveLength(4);
    await expect(openResults(other, { ...key, inputs: 'abd' })).rejects.toThrow(
      'another run, other texts or other depths',
    );
    writeFileSync(join(folder, 'run.trec'), '1 Q0 a 1 2 t\n');
    await expect(openResults(join(folder, 'run.trec'), key)).rejects.toThrow('no results file');
    expect(readFileSync(join(folder, 'run.trec'), 'utf8')).toBe('1 Q0 a 1 2 t\n');
    appendFileSync(join(folder, 'some.jsonl'), '{"a":1}\n');
    await expect(openResults(join(folder, 'some.jsonl'), key)).rejects.toThrow('no results file');
  });
});

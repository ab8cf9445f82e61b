import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  formatQrels,
  formatRunJsonLines,
  formatTrecRun,
  parseQrels,
  parseRunJsonLines,
  parseTrecRun,
  qrelsOf,
  readQrels,
  readTrecRun,
  runOf,
  writeLines,
  type RankedRun,
} from '@secondpass/core/evaluate';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ids = (run: RankedRun, query: string): string[] => run.lists.get(query)!.map(({ id }) => id);

describe('runs as JSON lines', () => {
  it('takes the array as the ranking, with or without scores', () => {
    const run = parseRunJsonLines('{"query":"q1","hits":[{"id":"b"},{"id":"a","score":9}]}\n', { name: 'mine' });
    expect(run).toEqual(runOf('mine', { q1: [{ id: 'b' }, { id: 'a', score: 9 }] }));
  });
  it.each([
    ['{"query":"q1","hits":[{"id":"a"},{"id":"a"}]}', 'run:1: document "a" is listed twice'],
    ['{"query":"q1","hits":[]}\n{"query":"q1","hits":[]}', 'run:2: query "q1" has a line before'],
    ['{"query":"q1","hits":[{"score":1}]}', 'run:1: every hit needs an "id"'],
    ['{"query":"q1","hits":[{"id":"a","score":"1"}]}', 'run:1: the score of "a" is "1"'],
    ['[]', 'run:1: each line must hold one JSON object'],
    ['{"query":1,"hits":[]}', 'run:1: a line of a run is'],
  ])('refuses %s', (text, message) => expect(() => parseRunJsonLines(text)).toThrow(message));
});

const write = (hits: readonly (string | { id: string; score: number })[]): string =>
  [...formatTrecRun(runOf('r', { q: hits }))].join('');

describe('writing', () => {
  const id = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 6 })
    .filter((text) => !/\s|\uFEFF|\p{Cc}/u.test(text));
  const list = fc.uniqueArray(fc.record({ id, score: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
    selector: (hit) => hit.id,
    minLength: 1,
    maxLength: 12,
  });
  const runs = fc.uniqueArray(fc.tuple(id, list), { selector: ([query]) => query, maxLength: 5 });

  it('gives back every score and id without loss, in trec_eval order', () => {
    fc.assert(
      fc.property(runs, (lists) => {
        const text = lists
          .flatMap(([query, hits]) => hits.map((hit) => `${query} Q0 ${hit.id} 1 ${hit.score} r\n`))
          .join('');
        const read = parseTrecRun(text, { name: 'r' });
        const again = parseTrecRun([...formatTrecRun(read)].join(''), { name: 'r' });
        expect(again).toEqual(read);
        for (const [query, hits] of lists) {
          // -0 is written as 0.
          expect(new Map(read.lists.get(query)!.map((hit) => [hit.id, hit.score! + 0]))).toEqual(
            new Map(hits.map((hit) => [hit.id, hit.score + 0])),
          );
        }
      }),
    );
  });

  it('keeps any order from ranks, and any run as JSON lines', () => {
    fc.assert(
      fc.property(runs, (lists) => {
        const run = runOf('r', lists);
        const read = parseTrecRun(formatTrecRun(run, { scores: 'from-rank' }), { name: 'r' });
        for (const [query, hits] of lists) expect(ids(read, query)).toEqual(hits.map((hit) => hit.id));
        const json = parseRunJsonLines([...formatRunJsonLines(run)].join(''), { name: 'r' });
        expect(json.lists.size).toBe(lists.length);
        for (const [query, hits] of lists) expect(ids(json, query)).toEqual(hits.map((hit) => hit.id));
      }),
    );
  });

  it('refuses what a TREC file would change: rising or tied scores, missing scores, ids with blanks', () => {
    expect(() =>
      write([
        { id: 'a', score: 1 },
        { id: 'b', score: 2 },
      ]),
    ).toThrow('would not survive');
    expect(() =>
      write([
        { id: 'a', score: 1 },
        { id: 'b', score: 1 },
      ]),
    ).toThrow('tie in another order');
    expect(() =>
      write([
        { id: 'a', score: 1 + 1e-12 },
        { id: 'b', score: 1 },
      ]),
    ).toThrow('would not survive');
    expect(() => write(['a'])).toThrow('"a" has no score');
    const run = runOf('r', { q: ['a'] });
    expect(() => [...formatTrecRun(run, { scores: 'rank' as never })]).toThrow(
      'scores is "rank"; it is "own" or "from-rank".',
    );
    expect(() => [...formatQrels(new Map(), 'BEIR' as never)]).toThrow('format is "BEIR"; it is "trec" or "beir".');
    expect(() => write([{ id: 'a b', score: 1 }])).toThrow('holds blanks');
    expect(
      write([
        { id: 'b', score: 1 },
        { id: 'a', score: 1 },
      ]),
    ).toBe('q Q0 b 1 1 r\nq Q0 a 2 1 r\n');
  });

  it('writes judgments that read back the same in both formats, and whole files only', async () => {
    const qrels = qrelsOf({ q1: { d1: 2, d2: 0 }, q2: { d1: -1, d3: 0.5 } });
    expect(parseQrels([...formatQrels(qrels)].join(''))).toEqual(qrels);
    const path = join(folder, 'out.tsv');
    await writeLines(path, formatQrels(qrels, 'beir'));
    expect(await readQrels(path)).toEqual(qrels);
    await expect(
      writeLines(join(folder, 'half.trec'), formatTrecRun(runOf('r', { q: [{ id: 'a', score: 2 }], q2: ['b'] }))),
    ).rejects.toThrow('no score');
    await expect(readTrecRun(join(folder, 'half.trec'))).rejects.toThrow('Cannot read');
  });
});

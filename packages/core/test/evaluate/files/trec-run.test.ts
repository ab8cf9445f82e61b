import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  evaluate,
  evaluateLists,
  parseTrecRun,
  qrelsOf,
  readTrecRun,
  streamTrecRun,
  type RankedRun,
} from '@secondpass/core/evaluate';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Uint8Array, name: string = `file-${++files}.trec`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const ids = (run: RankedRun, query: string): string[] => run.lists.get(query)!.map(({ id }) => id);

describe('TREC runs', () => {
  it('sorts by score as trec_eval does: 32-bit scores, ties by the last id in byte order, ranks ignored', () => {
    const run = parseTrecRun(
      ['1 Q0 a 1 2.0 t', '1 Q0 b 2 2.000000001 t', '1 Q0 😀 3 2.0 t', '1 Q0 \uFFEE 4 2.0 t', '1 Q0 z 5 7 t'].join('\n'),
    );
    expect(ids(run, '1')).toEqual(['z', '😀', '\uFFEE', 'b', 'a']);
    expect(run.name).toBe('t');
    expect(run.notes).toMatchObject([{ code: 'rank-disagrees', ids: ['1'] }]);
  });

  it('reads tabs, several blanks, CRLF, a byte order mark, blank lines and a missing last line end alike', () => {
    const plain = parseTrecRun('q1 Q0 d1 1 3 r\nq1 Q0 d2 2 2 r\nq2 Q0 d1 1 1 r\n');
    const odd = parseTrecRun('\uFEFFq1\tQ0\td1\t1\t3\tr\r\n\r\nq1   Q0 d2  2 2.0 r\r\n  q2 Q0 d1 1 1e0 r');
    expect(odd).toEqual(plain);
  });

  it('keeps blanks in ids where tabs divide exactly six fields', () => {
    expect(ids(parseTrecRun('q 1\tQ0\ta b\t1\t3\tmy run'), 'q 1')).toEqual(['a b']);
  });

  it('takes gaps in ranks and lines of a query that do not stand together', () => {
    const run = parseTrecRun('1 Q0 a 1 9 t\n2 Q0 a 7 9 t\n1 Q0 b 90 8 t\n');
    expect(ids(run, '1')).toEqual(['a', 'b']);
    expect(run.notes).toEqual([]);
  });

  it('sees ranks that contradict the scores beyond documents of one score, whose ranks may stand in any order', () => {
    const notesOf = (rows: string): string[] => parseTrecRun(rows).notes.map(({ code }) => code);
    expect(notesOf('1 Q0 a 4 3 t\n1 Q0 b 1 3 t\n1 Q0 c 2 1 t\n1 Q0 d 5 1 t')).toEqual(['rank-disagrees']);
    expect(notesOf('1 Q0 a 2 3 t\n1 Q0 b 1 3 t\n1 Q0 c 4 1 t\n1 Q0 d 3 1 t')).toEqual([]);
  });

  it.each([
    [
      'a document listed twice',
      '1 Q0 a 1 3 t\n1 Q0 b 2 2 t\n1 Q0 a 3 1 t',
      'x:3: document "a" is listed twice for query "1", first in line 1',
    ],
    ['a score that is NaN', '1 Q0 a 1 3 t\n1 Q0 b 2 NaN t', 'x:2: the score is "NaN"'],
    ['an infinite score', '1 Q0 a 1 -inf t', 'x:1: the score is "-inf"'],
    ['an overflowing score', '1 Q0 a 1 1e999 t', 'x:1: the score is "1e999"'],
    ['a hexadecimal score', '1 Q0 a 1 0x10 t', 'x:1: the score is "0x10"'],
    ['a column too few', '\n1 Q0 a 1 3', 'x:2: a run has 6 columns'],
    ['a column too many', '1 Q0 a 1 3 t u', 'x:1: a run has 6 columns'],
    ['an empty column', '1\tQ0\t\t1\t3\tt', 'x:1: a run has 6 columns'],
  ])('refuses %s, with file and line', (_what, text, message) => {
    expect(() => parseTrecRun(text.split('\n'), { name: 'x' })).toThrow(message);
  });

  it('keeps the best score of a duplicate where that is asked for, and says so', () => {
    const run = parseTrecRun('1 Q0 a 1 1 t\n1 Q0 b 2 2 t\n1 Q0 a 3 3 t', { duplicates: 'keep-best' });
    expect(run.lists.get('1')).toEqual([
      { id: 'a', score: 3 },
      { id: 'b', score: 2 },
    ]);
    expect(run.notes.map(({ code }) => code)).toContain('duplicate-id');
    const bestFirst = parseTrecRun('1 Q0 a 1 3 t\n1 Q0 b 2 2 t\n1 Q0 a 3 1 t', { duplicates: 'keep-best' });
    expect(bestFirst.lists).toEqual(run.lists);
  });

  it('refuses options it does not know', () => {
    expect(() => parseTrecRun('', { duplicate: 'keep-best' } as never)).toThrow('did you mean "duplicates"?');
    expect(() => parseTrecRun('', { duplicates: 'keep' } as never)).toThrow('it is "throw" or "keep-best"');
  });

  it('streams a file one query at a time, equal to reading it whole', async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, i) => `q${Math.floor(i / 50)} Q0 d${(i * 7919) % 50} ${i % 50} ${((i * 31) % 97) / 7} t`,
    );
    const path = file(lines.join('\r\n'));
    const whole = await readTrecRun(path);
    const streamed = new Map<string, readonly unknown[]>();
    for await (const { query, hits } of streamTrecRun(path)) streamed.set(query, hits);
    expect(streamed).toEqual(whole.lists);
    expect(whole.lists.size).toBe(100);
  });

  it('tells of a stream what it tells of the file read whole', async () => {
    const path = file('1 Q0 a 1 1 t\n1 Q0 b 2 2 t\n1 Q0 a 3 3 t\n2 Q0 a 1 3 t\n3 Q0 a 1 2 t\n3 Q0 a 2 1 t\n');
    const options = { duplicates: 'keep-best' } as const;
    const { notes } = await readTrecRun(path, options);
    expect(notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['rank-disagrees', ['1']],
      ['duplicate-id', ['1', '3']],
    ]);
    const stream = streamTrecRun(path, options);
    let next = await stream.next();
    while (!next.done) next = await stream.next();
    expect(next.value).toEqual(notes);
    const qrels = qrelsOf({ 1: { a: 1 }, 2: { a: 1 }, 3: { a: 1 } });
    const whole = evaluate(qrels, await readTrecRun(path, { ...options, name: 'r' }), ['MRR']);
    expect(await evaluateLists(qrels, 'r', streamTrecRun(path, options), ['MRR'])).toEqual(whole);
  });

  it('refuses a stream in which a query comes back', async () => {
    const path = file('1 Q0 a 1 3 t\n2 Q0 a 1 3 t\n1 Q0 b 2 2 t\n');
    const read = async (): Promise<void> => {
      for await (const list of streamTrecRun(path)) expect(list.hits).toHaveLength(1);
    };
    await expect(read()).rejects.toThrow(`${path}:3: query "1" comes back`);
  });

  it('reads .gz, and lines that fall across the pieces of a file', async () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `q${i} Q0 d\u00e9${i} 1 ${i / 3} t\n`).join('');
    const run = await readTrecRun(file(gzipSync(text), 'run.trec.gz'));
    expect(run.lists).toEqual(parseTrecRun(text).lists);
    expect(run.lists.size).toBe(30_000);
    expect((await readTrecRun(file(gzipSync('q1 Q0 d1 1 2 t\n'), 'RUN.TREC.GZ'))).lists.size).toBe(1);
  });

  it('refuses a file that is missing or not UTF-8, with its name and line', async () => {
    await expect(readTrecRun(join(folder, 'none.trec'))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('none.trec'),
    });
    const path = file(Buffer.concat([Buffer.from('1 Q0 a 1 3 t\n'), Buffer.from([0x31, 0xff, 0xfe])]));
    await expect(readTrecRun(path)).rejects.toThrow('not UTF-8');
    await expect(readTrecRun(file(Buffer.from('\uFEFF1 Q0 a 1 3 t', 'utf16le')))).rejects.toThrow('not UTF-8');
  });
});

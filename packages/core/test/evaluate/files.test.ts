import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
  readCollection,
  readQrels,
  readQueries,
  readTrecRun,
  runOf,
  streamTrecRun,
  writeLines,
} from '@secondpass/core/evaluate';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Uint8Array, name: string = `file-${++files}.trec`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const ids = (run: { lists: ReadonlyMap<string, readonly { id: string }[]> }, query: string): string[] =>
  run.lists.get(query)!.map(({ id }) => id);

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

describe('judgments', () => {
  const expected = qrelsOf({ q1: { d1: 2, d2: 0 }, q2: { d1: -1 } });
  it.each([
    ['TREC', 'q1 0 d1 2\nq1 0 d2 0\nq2 0 d1 -1\n'],
    ['TREC with tabs, CRLF and a byte order mark', '\uFEFFq1\t0\td1\t2\r\nq1\tQ0\td2\t0\r\n\r\nq2\t0\td1\t-1'],
    ['BEIR', 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n'],
    ['BEIR with CRLF, a byte order mark and no header', '\uFEFFq1\td1\t2\r\nq1\td2\t0\r\nq2\td1\t-1\r\n'],
    [
      'BEIR with a header after a byte order mark',
      '\uFEFFquery-id\tcorpus-id\tscore\r\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1',
    ],
    [
      'JSON lines after a byte order mark',
      '\uFEFF{"query":"q1","grades":{"d1":2,"d2":0}}\r\n{"query":"q2","grades":{"d1":-1}}',
    ],
    ['JSON lines', '{"query":"q1","grades":{"d1":2,"d2":0}}\n\n{"query":"q2","grades":{"d1":-1}}'],
    ['the same judgment twice', 'q1 0 d1 2\nq1 0 d2 0\nq1 0 d1 2\nq2 0 d1 -1\n'],
  ])('reads %s', (_form, text) => expect(parseQrels(text)).toEqual(expected));

  it('takes the last or the highest of two grades where that is asked for', () => {
    const text = 'q1 0 d1 2\nq1 0 d1 3\nq1 0 d1 1\n';
    expect(parseQrels(text, { conflicts: 'keep-last' })).toEqual(qrelsOf({ q1: { d1: 1 } }));
    expect(parseQrels(text, { conflicts: 'keep-highest' })).toEqual(qrelsOf({ q1: { d1: 3 } }));
    expect(() => parseQrels(text, { conflicts: 'last' as never })).toThrow('conflicts is "last"');
    expect(() => parseQrels(text, { conflict: 'keep-last' } as never)).toThrow('did you mean "conflicts"?');
  });

  it('keeps blanks in BEIR ids', () => {
    expect(parseQrels('query-id\tcorpus-id\tscore\nq 1\td 1\t1\n')).toEqual(qrelsOf({ 'q 1': { 'd 1': 1 } }));
  });

  it.each([
    ['a grade that is no number', 'q1 0 d1 x', 'x:1: the grade is "x"'],
    ['a NaN grade', 'q1 0 d1 1\nq1 0 d2 nan', 'x:2: the grade is "nan"'],
    [
      'two grades for one document',
      'q1 0 d1 1\nq1 0 d1 2',
      'x:2: document "d1" is judged 2 for query "q1" and was judged 1 before',
    ],
    ['two columns', 'q1 d1', 'x:1: judgments have 4 columns'],
    ['a run in place of judgments', 'q1 Q0 d1 1 2.5 t', 'x:1: judgments have 4 columns'],
    ['broken JSON', '{"query":', 'x:1: this line is not JSON'],
    ['JSON of another shape', '{"query":"q1"}', 'x:1: a line of judgments is'],
    ['a JSON grade that is no number', '{"query":"q1","grades":{"d1":null}}', 'x:1: the grade of "d1" is "null"'],
  ])('refuses %s, with file and line', (_what, text, message) => {
    expect(() => parseQrels(text, { name: 'x' })).toThrow(message);
  });
});

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

function beir(name: string, parts: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'qrels'), { recursive: true });
  for (const [part, text] of Object.entries(parts)) writeFileSync(join(path, part), text);
  return path;
}

describe('BEIR folders', () => {
  const corpus = '{"_id":"d1","title":"T","text":"one"}\r\n{"_id":2,"text":"two","metadata":{}}\n';
  const queries = '\uFEFF{"_id":"q1","text":"what"}\n';

  it('reads documents, queries and judgments, and notes judged ids that are not there', async () => {
    const path = beir('full', {
      'corpus.jsonl': corpus,
      'queries.jsonl': queries,
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td9\t1\nq7\td1\t1\n',
    });
    const collection = await readCollection(path);
    expect(collection.name).toBe('full');
    expect([...collection.documents.values()]).toEqual([
      { id: 'd1', title: 'T', text: 'one' },
      { id: '2', title: '', text: 'two' },
    ]);
    expect(collection.queries).toEqual(new Map([['q1', 'what']]));
    expect(collection.notes).toMatchObject([
      { code: 'unknown-query', ids: ['q7'] },
      { code: 'unknown-document', ids: ['d9'] },
    ]);
    const few = await readCollection(path, { only: new Set(['2']) });
    expect([...few.documents.keys()]).toEqual(['2']);
    expect(few.notes).toEqual(collection.notes);
  });

  it('does without judgments, and names the splits there are', async () => {
    const parts = { 'corpus.jsonl': corpus, 'queries.jsonl': queries };
    expect((await readCollection(beir('bare', parts))).qrels).toBeUndefined();
    const path = beir('dev-only', { ...parts, 'qrels/dev.tsv': 'q1\td1\t1\n' });
    await expect(readCollection(path)).rejects.toThrow('Name a split: dev.');
    expect((await readCollection(path, { split: 'dev' })).qrels).toEqual(qrelsOf({ q1: { d1: 1 } }));
  });

  it.each([
    ['corpus.jsonl', '{"_id":"d1"}\n{"_id":"d1"}', 'corpus.jsonl:2: document "d1" was there before, in line 1'],
    ['corpus.jsonl', '{"text":"x"}', 'corpus.jsonl:1: "_id" must be a non-empty string'],
    ['corpus.jsonl', '{"_id":"d1","text":7}', 'corpus.jsonl:1: "text" must be a string'],
    ['corpus.jsonl', '{"_id":"d1"}\n{', 'corpus.jsonl:2: this line is not JSON'],
    [
      'queries.jsonl',
      '{"_id":"q1","text":"a"}\n{"_id":"q1","text":"b"}',
      'queries.jsonl:2: query "q1" was there before',
    ],
    ['queries.jsonl', '{"_id":"q1","text":" "}', 'queries.jsonl:1: query "q1" has no "text"'],
  ])('refuses a broken %s (%s)', async (part, text, message) => {
    const path = beir(`broken-${++files}`, { 'corpus.jsonl': corpus, 'queries.jsonl': queries, [part]: text });
    await expect(readCollection(path)).rejects.toThrow(message);
  });

  it('reads queries alone', async () =>
    expect(await readQueries(file(queries, 'queries.jsonl'))).toEqual(new Map([['q1', 'what']])));
});

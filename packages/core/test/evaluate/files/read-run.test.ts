import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readRun } from '@secondpass/core/evaluate';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-read-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const twice = '{"query":"q1","hits":[{"id":"a","score":1},{"id":"b","score":2},{"id":"a","score":9}]}\n';
const keepBest = { duplicates: 'keep-best' } as const;

describe('readRun', () => {
  it('tells JSON lines from a TREC run by the ending, packed or not', async () => {
    const lists = new Map([['q1', [{ id: 'b' }, { id: 'a' }]]]);
    const json = '{"query":"q1","hits":[{"id":"b"},{"id":"a"}]}\n';
    for (const path of [file('r.jsonl', json), file('r.JSONL', json), file('r.jsonl.gz', gzipSync(json))]) {
      expect(await readRun(path)).toEqual({ name: path, lists, notes: [] });
    }
    expect(await readRun(file('r.txt', 'q1 Q0 a 1 3 mine\n'))).toMatchObject({ name: 'mine' });
    await expect(readRun(file('r.json', json))).rejects.toThrow('6 columns');
    await expect(readRun(file('empty.jsonl', '\n'))).rejects.toThrow('is empty');
  });

  it('refuses a document that stands twice, or takes its first place in JSON lines, with a note', async () => {
    const path = file('twice.jsonl', `\uFEFF\n${twice}{"query":"q2","hits":[{"id":"a"}]}`);
    await expect(readRun(path)).rejects.toThrow(`${path}:2: document "a" is listed twice for query "q1"`);
    const { name, lists, notes } = await readRun(path, keepBest);
    expect(name).toBe(path);
    expect([...lists]).toEqual([
      [
        'q1',
        [
          { id: 'a', score: 1 },
          { id: 'b', score: 2 },
        ],
      ],
      ['q2', [{ id: 'a' }]],
    ]);
    expect(notes).toMatchObject([{ code: 'duplicate-id', by: path, ids: ['q1'] }]);
    expect((await readRun(path, { ...keepBest, name: 'mine' })).name).toBe('mine');
  });

  it.each([
    ['no JSON', `${twice}\nq1 Q0 a 1 3 t`, ':3: this line is not JSON'],
    ['no object', `${twice}[]`, ':2: each line must hold one JSON object'],
    ['no list of hits', '{"query":"q1","hits":{"id":"a"}}', ':1: a line of a run is'],
    ['a hit without id', '{"query":"q1","hits":[{"id":"a"},null,{"id":"a"}]}', ':1: every hit needs an "id"'],
    [
      'a score without end',
      '{"query":"q1","hits":[{"id":"a","score":1e999},{"id":"a"}]}',
      'the score of "a" is "Infinity"',
    ],
    ['a query twice', twice + twice, ':2: query "q1" has a line before this one'],
  ])('says where the file is broken, with duplicates allowed too: %s', async (_what, content, message) => {
    await expect(readRun(file('broken.jsonl', content), keepBest)).rejects.toThrow(message);
  });

  it('reads a file without duplicates the same either way', async () => {
    const hit = fc.record(
      { id: fc.string(), score: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      { requiredKeys: ['id'] },
    );
    const hits = fc.uniqueArray(hit, { selector: ({ id }) => id });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), hits, { minKeys: 1 }), async (run) => {
        const lines = Object.entries(run).map(([query, list]) => JSON.stringify({ query, hits: list }));
        const path = file('same.jsonl', lines.join('\n'));
        expect(await readRun(path, keepBest)).toEqual(await readRun(path));
      }),
      { numRuns: 50 },
    );
  });
});

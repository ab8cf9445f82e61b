import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { qrelsOf, readCollection, readQueries } from '@secondpass/core/evaluate';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
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
    const path = beir(`broken-${++folders}`, { 'corpus.jsonl': corpus, 'queries.jsonl': queries, [part]: text });
    await expect(readCollection(path)).rejects.toThrow(message);
  });

  it('reads queries alone', async () =>
    expect(await readQueries(join(beir('queries', { 'queries.jsonl': queries }), 'queries.jsonl'))).toEqual(
      new Map([['q1', 'what']]),
    ));
});

// The real model with what users really send. The table of docs/bad-input.md points here and to the tests beside this one.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReranker, type LoadedReranker } from '../../src/load/load-reranker.ts';
import { candidates } from './tiny.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

describe('the embedded model', () => {
  let reranker: LoadedReranker;
  beforeAll(async () => {
    reranker = await loadReranker();
  });
  afterAll(() => reranker.dispose());

  const answer = 'The bridge over the river was opened in 1890. ';
  const query = 'when was the bridge opened';

  it('reads the beginning of a text of 100,000 characters, with or without spaces, and says that it was cut', async () => {
    const texts = [
      answer + 'more words '.repeat(9_100),
      `${answer}${'中'.repeat(100_000)}`,
      'x'.repeat(100_000),
      answer,
    ];
    const { results, notes } = await reranker.rerank(query, candidates(texts));
    expect(notes).toMatchObject([{ code: 'truncated', ids: ['d0', 'd1'] }]);
    expect(results.every(({ score }) => score !== undefined)).toBe(true);
  });

  it('still reads the documents behind a query of 100,000 characters', async () => {
    const long = `${query} ${'and so on '.repeat(10_000)}`;
    const { results, notes } = await reranker.rerank(long, candidates(['cats sleep', answer]));
    expect(notes).toMatchObject([{ code: 'truncated', ids: ['d0', 'd1'] }]);
    expect(results[0]!.score!.value).not.toBe(results[1]!.score!.value);
  });

  it('scores half a surrogate pair as an unknown character, and says so', async () => {
    const { results, notes } = await reranker.rerank(query, candidates([answer, `${answer}\ud83d`, 'ri\udc00ver']));
    expect(notes).toMatchObject([{ code: 'malformed-text', ids: ['d1', 'd2'] }]);
    expect(results.length).toBe(3);
    expect(results[0]!.score!.value).toBe(results[1]!.score!.value);
  });

  it('keeps what has no text, below, unscored and noted', async () => {
    const { results, notes } = await reranker.rerank(query, candidates(['', '\u200b \n', answer]));
    expect(results.map(({ originalIndex }) => originalIndex)).toEqual([2, 0, 1]);
    expect(notes).toMatchObject([{ code: 'empty-text', ids: ['d0', 'd1'] }]);
  });

  it('takes parts and text beside each other', async () => {
    const parts = [{ id: 'a', content: [{ type: 'text', text: answer }] }] as const;
    const { results } = await reranker.rerank(
      [{ type: 'text', text: query }],
      [...parts, { id: 'b', content: answer }],
    );
    expect(results[0]!.score!.value).toBe(results[1]!.score!.value);
  });
});

it('every test that docs/bad-input.md names exists', () => {
  const table = readFileSync(`${root}docs/bad-input.md`, 'utf8');
  const named = [...new Set(table.match(/[\w./-]+\.test\.ts/g))];
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(root + path))).toEqual([]);
});

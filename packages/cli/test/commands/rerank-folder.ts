// A folder with what `secondpass rerank` reads, for the file that asks for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export const query = 'what is the capital of France?';
export const lines = [
  'Berlin is the capital of Germany.',
  'Paris is the capital of France.',
  'The Louvre is a museum.',
  'Bread is made from flour.',
];

export const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
/** The arguments that name its files, and where the order goes. */
export const files = (output: string): string[] => [
  '--queries',
  'q.jsonl',
  '--corpus',
  'c.jsonl',
  '--run',
  'in.trec',
  '--output',
  output,
];

export let folder: string;

/** Makes the folder before the tests, and removes it. */
export function useRerankFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secondpass-rerank-'));
    writeFileSync(
      join(folder, 'q.jsonl'),
      jsonl([
        { _id: 'q1', text: query },
        { _id: 'q2', text: 'how is bread made?' },
        { _id: 'unused', text: 'x' },
      ]),
    );
    writeFileSync(
      join(folder, 'c.jsonl'),
      jsonl([
        ...lines.map((text, index) => ({ _id: `d${index}`, title: '', text })),
        { _id: 'd4', title: 'Paris', text: '' },
      ]),
    );
    const run = ['d0', 'd1', 'd2', 'd3', 'd4', 'gone'].flatMap((id, index) => [
      `q1 Q0 ${id} ${index + 1} ${10 - index} bm25`,
    ]);
    const second = ['d2', 'd3', 'd1'].map((id, index) => `q2 Q0 ${id} ${index + 1} ${3 - index / 10} bm25`);
    writeFileSync(
      join(folder, 'in.trec'),
      [...run, ...second, ...['d1', 'd0'].map((id, index) => `q3 Q0 ${id} ${index + 1} ${9 - index} bm25`)].join('\n'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

// A folder of collections that `secondpass tune` reads, for the file that asks for it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export const facts = [
  ['who painted the Mona Lisa', 'Leonardo da Vinci painted the Mona Lisa in Florence.'],
  ['when did the Berlin wall fall', 'The Berlin Wall came down on 9 November 1989.'],
  ['what do bees make', 'Honey is what bees make from nectar.'],
  ['how high is Mount Everest', 'Everest rises 8,849 metres above the sea.'],
  ['what is the capital of Peru', 'Lima is the capital city of Peru.'],
  ['who wrote Hamlet', 'Hamlet is a tragedy written by William Shakespeare.'],
  ['what do plants need for photosynthesis', 'Photosynthesis needs light, water and carbon dioxide.'],
  ['how many legs does a spider have', 'A spider has eight legs.'],
] as const;

export const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A BEIR folder in which the right answer always stands last in the run. */
export function beir(name: string, parts: { readonly run?: boolean; readonly qrels?: boolean }): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'corpus.jsonl'), lines(facts.map(([, text], i) => ({ _id: `d${i}`, title: '', text }))));
  writeFileSync(join(path, 'queries.jsonl'), lines(facts.map(([text], i) => ({ _id: `q${i}`, text }))));
  if (parts.qrels)
    writeFileSync(
      join(path, 'qrels.tsv'),
      `query-id\tcorpus-id\tscore\n${facts.map((_, i) => `q${i}\td${i}\t1\n`).join('')}`,
    );
  const order = (i: number): number[] => [...facts.keys()].sort((a, b) => Number(a === i) - Number(b === i));
  const run = facts.flatMap((_, i) => order(i).map((d, rank) => `q${i} Q0 d${d} ${rank + 1} ${10 - rank} bad\n`));
  if (parts.run) writeFileSync(join(path, 'bad.trec'), run.join(''));
  return path;
}

export let folder: string;

/** Makes the folder before the tests, and removes it. */
export function useTuneFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secondpass-tune-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

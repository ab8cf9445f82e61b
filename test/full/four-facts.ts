import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const facts = [
  ['who painted the Mona Lisa', 'Leonardo da Vinci painted the Mona Lisa.'],
  ['what do bees make', 'Bees make honey from nectar.'],
  ['what is the capital of Peru', 'Lima is the capital of Peru.'],
  ['who wrote Hamlet', 'Shakespeare wrote Hamlet.'],
] as const;

/** Makes a BEIR folder of them: document `d0` answers query `q0`, and so on. There is no run. */
export function writeFourFacts(folder: string): void {
  const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'corpus.jsonl'), jsonl(facts.map(([, text], i) => ({ _id: `d${i}`, title: '', text }))));
  writeFileSync(join(folder, 'queries.jsonl'), jsonl(facts.map(([text], i) => ({ _id: `q${i}`, text }))));
  const judged = facts.map((_, i) => `q${i}\td${i}\t1\n`).join('');
  writeFileSync(join(folder, 'qrels.tsv'), `query-id\tcorpus-id\tscore\n${judged}`);
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from './run.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const section = /^## JSON\n([^]*?)^## /m.exec(readme)?.[1] ?? '';
/** Each command of the section with the object that it is said to print. */
const examples = [...section.matchAll(/```sh\nsecondpass (.*)\n```\n```json\n([^]*?)\n```/g)].map(
  ([, command, json]) => [command!, json!] as const,
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-readme-'));
  mkdirSync(join(folder, 'docs'));
  const files = {
    'docs/bread.md': '# Bread\n\nSourdough is baked from flour, water and salt.\n',
    'docs/storing.md': '# Storing\n\nKeep a loaf in a linen bag; it stays fresh for four days.\n',
    'docs/bakery.md': '# Bakery\n\nAnna Weber founded the bakery in Ulm.\n',
    'docs/ulm.md': '# Ulm\n\nUlm lies on the Danube.\n',
    'lines.jsonl':
      '{"id":"a","text":"Berlin is in Germany.","n":1.0}\n{"id":"b","text":"Paris is the capital of France.","n":2.0}\n',
    'queries.jsonl': '{"_id":"q1","text":"capital of France"}\n{"_id":"q2","text":"capital of Germany"}\n',
    'corpus.jsonl':
      '{"_id":"a","text":"Berlin is in Germany."}\n{"_id":"b","text":"Paris is the capital of France."}\n',
    'bm25.trec': ['q1 a 1 2', 'q1 b 2 1', 'q2 a 1 2', 'q2 b 2 1']
      .map((row) => `${row.replace(' ', ' Q0 ')} bm25\n`)
      .join(''),
    'qrels.tsv': 'q1\tb\t1\nq2\ta\t1\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every way from the root to a value, the items of a list taken together: `results[].parts[]`. */
function paths(value: unknown, from: string = ''): string[] {
  if (Array.isArray(value)) return [from, ...value.flatMap((item) => paths(item, `${from}[]`))];
  if (typeof value !== 'object' || value === null) return [from];
  return [from, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, `${from}.${key}`))];
}
/** What the model says of a text, by its way: where the README leaves further items out, only those that it shows. */
function modelScores(value: unknown, from: string = ''): [string, number][] {
  if (typeof value === 'number') return /\.scores\.|^\.results\.\d+\.score$/.test(from) ? [[from, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => modelScores(inner, `${from}.${key}`));
}
const shape = (json: string): string[] => [...new Set(paths(JSON.parse(json)))].sort();

describe('JSON as the README shows it', () => {
  it('is shown for every command that scripts call', () => {
    expect(examples.map(([command]) => command.split(' ')[0])).toEqual([
      'search',
      'explain',
      'rerank',
      'rerank',
      'evaluate',
    ]);
  });

  it.each(examples)('has these keys, all of them and no others, and these scores: %s', async (line, json) => {
    const [command, input] = line.split(' < ');
    const argv = [...command!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
    const text = input === undefined ? '' : readFileSync(join(folder, input), 'utf8');
    const { code, out, err } = await runMain(argv, { cwd: folder, input: text });
    expect([code, err]).toEqual([0, '']);
    expect(shape(json)).toEqual(shape(out));
    const [shown, said] = [
      modelScores(JSON.parse(json)),
      new Set(modelScores(JSON.parse(out)).map(([, value]) => value)),
    ];
    // In the last digits processors differ; further items are cut, so places are not compared.
    for (const [path, value] of shown) {
      const nearest = Math.min(...[...said].map((score) => Math.abs(score - value)));
      expect(nearest, `${path}: ${value} in the README, ${[...said].join(', ')} now`).toBeLessThan(0.015);
    }
  });

  it('has what the README says of it in words', async () => {
    const of = async (...argv: string[]): Promise<Record<string, never>> =>
      JSON.parse((await runMain([...argv, '--json'], { cwd: folder })).out);
    const question = 'How is sourdough baked, and how is a loaf stored?';
    const { results } = await of('search', 'docs', '-q', question, '--top', '1');
    const [{ candidates, before, after }] = results as [{ candidates: number; before: object[]; after: object[] }];
    expect([candidates, before.length, after.length]).toEqual([2, 1, 1]);
    const [words] = (await of('search', 'docs', '-q', question, '--no-rerank'))['results'] as [object];
    expect(words).not.toHaveProperty('after');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchReport } from '../../src/search/report.ts';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-follow-ups-'));
  const sections = [
    'Harbour\n\nThe harbour of Elmstad was built by Ida Brandt in 1871.',
    'Brandt\n\nIda Brandt, an engineer, was born in the village of Norvik.',
    'Bread\n\nBread is baked from flour, water and yeast.',
    'Weather\n\nIt often rains in Elmstad, and the harbour is cold.',
  ];
  writeFileSync(
    join(folder, 'town.txt'),
    sections.map((text) => `${text} ${'More of it follows here. '.repeat(30)}`).join('\n\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const single = 'Where was the builder of the harbour of Elmstad born?';
const double = 'Where was the builder of the harbour of Elmstad born, and how is bread baked?';
const search = async (question: string, ...more: string[]): Promise<string> =>
  (await runMain(['search', 'town.txt', '-q', question, '--hops', ...more], { cwd: folder })).out;

describe('search --hops', () => {
  it.each([single, double])('%s: what followed is no part', async (question) => {
    const [report] = (JSON.parse(await search(question, '--json')) as { results: SearchReport[] }).results;
    expect(report!.after!.length).toBeGreaterThan(2);
    for (const { scores } of report!.after!) {
      expect(scores!.parts).toHaveLength(report!.parts.length);
      expect(scores!.whole).toBeDefined();
    }
    expect(report!.after!.some(({ scores }) => scores!.followUps !== undefined)).toBe(true);
  });

  it('names what followed, and no part that does not exist', async () => {
    const out = await search(double);
    expect(out).toMatch(/ {2}for part [12]\n/);
    expect(out).toMatch(/ {2}for what followed from the finds\n/);
    expect(out).not.toContain('part 3');
  });

  it('does not pass a score of what followed for the own score of a question that stayed whole', async () => {
    const [report] = (JSON.parse(await search(single, '--json')) as { results: SearchReport[] }).results;
    const [first] = report!.after!;
    expect(first!.scores!.followUps).toBeGreaterThan(first!.scores!.whole!);
    const shown = first!.scores!.followUps!.toFixed(2);
    expect(await search(single)).toMatch(new RegExp(`${shown} .* {2}for what followed from the finds\\n`));
  });

  it('says which finds came by what followed', async () => {
    const [report] = (JSON.parse(await search(single, '--json')) as { results: SearchReport[] }).results;
    for (const { retrieval } of report!.before)
      for (const { pool, part } of retrieval) expect(part).toBe(pool.includes('+') ? null : 0);
  });
});

describe('search', () => {
  it('says why the order is not that of the numbers, where it is not', async () => {
    const remark = 'the best evidence for each part comes first';
    const out = await search(double);
    const values = [...out.matchAll(/^ +\d+ +(0\.\d\d) /gm)].map(([, value]) => Number(value));
    const rises = values.some((value, at) => at > 0 && value > values[at - 1]!);
    expect(out.replace(/\s+/g, ' ').includes(remark)).toBe(rises);
  });
});

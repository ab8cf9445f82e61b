import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchReport } from '../../src/search/report.ts';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-own-page-'));
  writeFileSync(join(folder, 'bread.md'), '# Bread\n\nBread is baked from flour.\n');
  writeFileSync(join(folder, 'other.html'), '<title>Other</title><p>Bread is sold here.</p>');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const question = 'how is bread baked?';
const explain = (...more: string[]): ReturnType<typeof runMain> =>
  runMain(['explain', question, ...more, '--no-hops'], { cwd: folder });

describe('a page of explain in the folder that is searched', () => {
  it('is written again and again, and never read', async () => {
    for (const remark of ['', 'Skipped or in doubt: page.html: a page that secondpass wrote\n']) {
      expect(await explain('.', '--html', 'page.html')).toMatchObject({ code: 0, err: remark });
    }
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('<h2>Order');
    const { out } = await runMain(['search', '.', '-q', question, '--no-rerank', '--json'], { cwd: folder });
    const [report] = (JSON.parse(out) as { results: SearchReport[] }).results;
    expect(report!.before.map(({ file }) => file).toSorted()).toEqual(['bread.md', 'other.html']);
  });

  it('is read where it is named, and is then not written', async () => {
    const { code, err } = await explain('page.html', 'bread.md', '--html', 'page.html');
    expect(code).toBe(2);
    expect(err).toContain('one of the files that are read');
    const { out } = await runMain(['search', 'page.html', '-q', question, '--no-rerank', '--json'], { cwd: folder });
    expect(JSON.parse(out)).toMatchObject({ files: 1 });
  });

  it('takes the place of no other page', async () => {
    const { code, err } = await explain('.', '--html', 'other.html');
    expect(code).toBe(2);
    expect(err).toContain('one of the files that are read');
  });
});

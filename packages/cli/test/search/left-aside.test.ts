import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-left-aside-'));
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs/bread.md'), '# Bread\n\nBread is baked from flour.\n');
  for (const name of ['a.pdf', 'b.PDF', 'c.pdf', 'd.docx']) writeFileSync(join(folder, 'docs', name), 'x');
  symlinkSync(join(folder, 'docs/bread.md'), join(folder, 'docs/link.md'));
  symlinkSync(join(folder, 'docs'), join(folder, 'door'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const aside = [
  '4 file(s) that are not text, Markdown or HTML by name (.pdf, .docx)',
  '1 symbolic link(s), not followed',
];

describe('what is left aside', () => {
  it.each([
    ['search', ['search', 'docs', '-q', 'how is bread baked?', '--no-rerank']],
    ['explain', ['explain', 'how is bread baked?', 'docs', '--no-hops']],
  ])('is told by %s though something was found', async (_, argv) => {
    const { code, out } = await runMain(argv, { cwd: folder });
    expect(code).toBe(0);
    expect(out).toContain('1 passages from 1 file(s)');
    const text = out.replace(/\s+/g, ' ');
    expect(text).toContain(`Left aside: ${aside.join('; ')}`);
    const json = await runMain([...argv, '--json'], { cwd: folder });
    expect(JSON.parse(json.out)).toMatchObject({ files: 1, passages: 1, remarks: [], leftAside: aside });
  });

  it.each([
    ['a folder and what is in it', ['.', 'docs', './docs/../docs']],
    ['what is in it, and the folder', ['docs', '.']],
    ['a link to the folder', ['docs', 'door']],
  ])('is counted once, whatever leads there: %s', async (_, paths) => {
    const { out } = await runMain(['search', ...paths, '-q', 'bread', '--no-rerank', '--json'], { cwd: folder });
    const report = JSON.parse(out) as { passages: number; leftAside: string[] };
    expect(report.passages).toBe(1);
    expect(report.leftAside[0]).toBe(aside[0]);
  });

  it('is not what was named and read all the same', async () => {
    const named = ['docs/a.pdf', 'docs/link.md'];
    const { out } = await runMain(['search', 'docs', ...named, '-q', 'bread', '--no-rerank', '--json'], {
      cwd: folder,
    });
    expect(JSON.parse(out)).toMatchObject({
      // The link leads to a file that is read anyhow.
      files: 2,
      leftAside: ['3 file(s) that are not text, Markdown or HTML by name (.pdf, .docx)'],
    });
  });

  it('is not mentioned where there is none', async () => {
    const { out } = await runMain(['search', 'docs/bread.md', '-q', 'bread', '--no-rerank'], { cwd: folder });
    expect(out).not.toContain('Left aside');
  });
});

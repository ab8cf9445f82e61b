import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../../../examples/demo/demo.mjs', import.meta.url));
const collector = new URL('../../../examples/demo/collect-documentation.mjs', import.meta.url).href;
const root = fileURLToPath(new URL('../../..', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-demo-'));
  writeFileSync(join(folder, 'note.md'), '# Caching\n\nWe decided to cache answers for an hour. Ada objected.\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo', () => {
  it('searches a folder of yours, meant from where you are', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [demo, '.', 'what did we decide about caching?'], {
      env: { ...process.env, INIT_CWD: folder },
    });
    expect(stdout).toContain('$ secondpass search . ');
    expect(stdout).toContain('1 passages from 1 file(s)');
    expect(stdout).toMatch(/0\.\d\d {2}note\.md:1 /);
  });

  it('asks for a question where there is none', async () => {
    await expect(promisify(execFile)(process.execPath, [demo, folder])).rejects.toMatchObject({ code: 2 });
  });

  it('finds the documentation of the installed packages: that which its questions need, and no licences', async () => {
    const { collectDocumentation } = (await import(collector)) as { collectDocumentation(root: string): string };
    const files = readdirSync(collectDocumentation(root), { recursive: true, encoding: 'utf8' }).map((file) =>
      file.replaceAll('\\', '/'),
    );
    for (const needed of [
      'undici/docs/docs/api/ProxyAgent.md',
      'semver/README.md',
      'picomatch/README.md',
      '@vitest/mocker/README.md',
      'expect-type/README.md',
    ]) {
      expect(files).toContain(needed);
    }
    expect(files.filter((file) => /licen[cs]e\.md$/i.test(file))).toEqual([]);
  });
});

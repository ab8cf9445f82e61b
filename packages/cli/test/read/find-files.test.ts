import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles } from '../../src/read/find-files.ts';
import { readPassages } from '../../src/read/read-passages.ts';
import { decodeText, largestFile } from '../../src/read/read-text.ts';

let root: string;
let links = true;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'secondpass-files-'));
  for (const folder of ['docs/deep', 'docs/node_modules/dep', 'docs/.hidden', 'empty', '.named'])
    mkdirSync(join(root, folder), { recursive: true });
  const files: Record<string, string | Uint8Array> = {
    'docs/b.md': '# B\nbeta',
    'docs/a.txt': '\uFEFFalpha\r\nomega',
    'docs/deep/page.HTML': '<p>gamma</p>',
    'docs/README': 'read me',
    'docs/code.ts': 'const x = 1;',
    'docs/binary.txt': new Uint8Array([1, 2, 0, 3]),
    'docs/latin.txt': new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    'docs/nothing.txt': ' \n\n',
    'docs/huge.txt': 'x',
    'docs/.secret.md': 'hidden',
    'docs/.hidden/x.md': 'hidden',
    'docs/node_modules/dep/README.md': 'dependency',
    '.named/x.md': 'named folder',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  truncateSync(join(root, 'docs/huge.txt'), largestFile + 1);
  try {
    symlinkSync(join(root, 'docs'), join(root, 'docs/deep/loop'), 'dir');
    symlinkSync(join(root, 'docs/b.md'), join(root, 'docs/link.md'), 'file');
  } catch {
    links = false; // Windows without the right to make links.
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shown = async (...paths: string[]): Promise<string[]> =>
  (await findFiles(paths, root)).files.map((file) => file.shown);

describe('findFiles', () => {
  it('takes documents in a stable order; passes over dot names, node_modules, other kinds and links, and says so', async () => {
    expect(await shown('docs')).toEqual([
      'docs/README',
      'docs/a.txt',
      'docs/b.md',
      'docs/binary.txt',
      'docs/deep/page.HTML',
      'docs/huge.txt',
      'docs/latin.txt',
      'docs/nothing.txt',
    ]);
    const { leftAside } = await findFiles(['docs'], root);
    expect(leftAside[0]).toContain('1 file(s)');
    expect(leftAside[1] ?? '').toContain(links ? '2 symbolic link(s)' : '');
  });

  it('takes what is named, whatever its name, and each file once', async () => {
    expect(
      await shown(
        '.named',
        'docs/node_modules',
        'docs/code.ts',
        'docs/.secret.md',
        'docs/code.ts',
        './docs/../docs/code.ts',
      ),
    ).toEqual(['.named/x.md', 'docs/node_modules/dep/README.md', 'docs/code.ts', 'docs/.secret.md']);
  });

  it.runIf(process.platform === 'win32')('takes paths with backslashes', async () => {
    expect(await shown('docs\\deep')).toEqual(['docs/deep/page.HTML']);
  });

  it('refuses a path that is not there', async () => {
    await expect(findFiles(['docs', 'nowhere'], root)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('"nowhere"'),
    });
  });

  it('stops when told to', async () => {
    await expect(findFiles(['docs'], root, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('readPassages', () => {
  it('skips binary, huge and empty files with a reason, and reads every encoding it can', async () => {
    const { files } = await findFiles(['docs'], root);
    const { passages, remarks, files: readable } = await readPassages(files);
    expect(remarks).toEqual([
      'docs/binary.txt: binary',
      'docs/huge.txt: 8.1 MB, larger than the limit of 8 MB',
      'docs/latin.txt: not UTF-8, read as Windows-1252',
      'docs/nothing.txt: no text in it',
    ]);
    expect(readable).toBe(5);
    expect(passages.map(({ id, content }) => [id, content])).toEqual([
      ['docs/README:1', 'read me'],
      ['docs/a.txt:1', 'alpha omega'],
      ['docs/b.md:1', 'B\n\nbeta'],
      ['docs/deep/page.HTML:1', 'gamma'],
      ['docs/latin.txt:1', 'café'],
    ]);
  });

  it('skips HTML that is nested without end, which a parser could work on for hours', async () => {
    const path = join(root, 'deep.html');
    writeFileSync(path, '<div>'.repeat(200_000) + '</b>'.repeat(200_000));
    const { passages, remarks } = await readPassages([{ path, shown: 'deep.html', named: true }]);
    expect(passages).toEqual([]);
    expect(remarks).toEqual(['deep.html: nested more than 1000 elements deep']);
  });

  it('gives every passage its own id, even where two begin on one line', async () => {
    const path = join(root, 'one-line.txt');
    writeFileSync(path, 'word '.repeat(500));
    const { passages } = await readPassages([{ path, shown: 'one-line.txt', named: true }]);
    expect(passages.map(({ id }) => id)).toEqual(['one-line.txt:1', 'one-line.txt:1#2', 'one-line.txt:1#3']);
  });

  it('reads UTF-16 by its byte order mark', () => {
    const little = Buffer.from('\uFEFFhé', 'utf16le');
    expect(decodeText(little)).toEqual({ text: 'hé' });
    expect(decodeText(Buffer.from(little).swap16())).toEqual({ text: 'hé' });
    expect(decodeText(Buffer.from('\uFEFFhé'))).toEqual({ text: 'hé' });
  });
});

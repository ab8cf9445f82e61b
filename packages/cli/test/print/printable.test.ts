import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLine, printable } from '../../src/print/printable.ts';
import { runMain } from '../run.ts';

// An escape, its one-sign form, a right-to-left override, and the mark that only Arabic has.
const hostile = 'bread \u001b[31m \u009b2J \u202e \u061c \u0085 \ufeff rises';
// eslint-disable-next-line no-control-regex
const acts = /[\u001b\u007f-\u009f\u202e\u061c\ufeff]/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-printable-'));
  writeFileSync(join(folder, 'bread.txt'), `\u200b${hostile}\n`);
  writeFileSync(join(folder, 'qrels.txt'), `q\u009b2J\u202e 0 d1 1\n`);
  writeFileSync(join(folder, 'run.trec'), `q\u009b2J\u202e Q0 d1 1 2.5 tag\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a document holds does not act on a terminal', () => {
  it('as text', () => {
    expect(printable(hostile)).not.toMatch(acts);
  });

  it('as JSON, which means the same', async () => {
    expect(jsonLine({ hostile })).not.toMatch(acts);
    expect(JSON.parse(jsonLine({ hostile }))).toEqual({ hostile });
    const found = await runMain(['search', folder, '-q', 'bread', '--json', '--no-rerank'], { isTTY: true });
    expect(found.out).not.toMatch(acts);
    expect(JSON.stringify(JSON.parse(found.out))).toMatch(acts);
    const measured = await runMain(['evaluate', '--qrels', 'qrels.txt', 'run.trec', '--json', '--per-query'], {
      cwd: folder,
    });
    expect(measured.out).not.toMatch(acts);
    expect(JSON.stringify(JSON.parse(measured.out))).toContain('q\u009b2J\u202e');
  });

  it('nor in the stack of an error', async () => {
    const argv = ['search', join(folder, `\u009b2J\u202e`), '-q', 'bread'];
    const { err, code } = await runMain(argv, { env: { SECONDPASS_DEBUG: '1' } });
    expect(code).toBe(1);
    expect(err).toMatch(/There is no file or folder[^]*\n    at /);
    expect(err).not.toMatch(acts);
  });

  it.skipIf(process.platform === 'win32')('nor makes lines of its own out of the name of a file', async () => {
    const named = mkdtempSync(join(tmpdir(), 'secondpass-names-'));
    try {
      writeFileSync(join(named, 'a\nFORGED.txt'), 'bread rises\n');
      writeFileSync(join(named, 'b\nFORGED.txt'), new Uint8Array([0, 1]));
      const { out, err } = await runMain(['search', '.', '-q', 'bread'], { cwd: named });
      expect(out).toContain('a FORGED.txt:1');
      expect(err).toContain('b FORGED.txt: binary');
      expect(out + err).not.toMatch(/^FORGED/m);
    } finally {
      rmSync(named, { recursive: true });
    }
  });
});

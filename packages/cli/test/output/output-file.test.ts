import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutput, writeOutput } from '../../src/output/output-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-output-'));
  path = join(folder, 'out');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onWindows = process.platform === 'win32';

describe('openOutput', () => {
  it('shows the file under its name only when it is finished', async () => {
    const output = await openOutput(path);
    await output.write('first\n');
    expect(readdirSync(folder)).not.toContain('out');
    await output.write('second\n');
    await output.finish();
    await output.discard();
    expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('holds all that was written, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), async (texts) => {
        const output = await openOutput(path);
        for (const text of texts) await output.write(text);
        await output.finish();
        expect(readFileSync(path, 'utf8')).toBe(texts.join(''));
      }),
      { numRuns: 30 },
    );
  });

  it('packs what is named .gz, whole or bit by bit', async () => {
    const packed = join(folder, 'out.GZ');
    const output = await openOutput(packed);
    for (const text of ['first\n', 'zweite Zeile: \u00e4\n', '']) await output.write(text);
    await output.finish();
    expect(gunzipSync(readFileSync(packed)).toString()).toBe('first\nzweite Zeile: \u00e4\n');
    await writeOutput(packed, 'whole');
    expect(gunzipSync(readFileSync(packed)).toString()).toBe('whole');
  });

  it.skipIf(onWindows)('lets the same people read a file that is written anew, from its first byte on', async () => {
    for (const mode of [0o600, 0o664]) {
      writeFileSync(path, 'old');
      chmodSync(path, mode);
      const output = await openOutput(path);
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777 & ~mode).toBe(0);
      await output.write('new');
      await output.finish();
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
  });

  it.skipIf(onWindows || process.getuid?.() === 0)('replaces no file that may not be written to', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o400);
    await expect(openOutput(path)).rejects.toThrow('it cannot be made (EACCES)');
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('leaves the old file and nothing else when it is discarded', async () => {
    writeFileSync(path, 'old');
    const output = await openOutput(path);
    await output.write('new');
    await output.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('leaves nothing behind where the file cannot get its name', async () => {
    const output = await openOutput(path);
    await output.write('text');
    mkdirSync(path);
    await expect(output.finish()).rejects.toThrow(`Cannot write ${path}`);
    await output.discard();
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('refuses a folder, and a file in a folder that is not there, as wrong usage', async () => {
    await expect(openOutput(folder)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('is a folder'),
    });
    const inNoFolder = openOutput(join(folder, 'none', 'out'));
    await expect(inNoFolder).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('its folder does not exist'),
    });
    writeFileSync(path, 'a file');
    await expect(openOutput(join(path, 'out'))).rejects.toThrow(/Cannot write/);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it.skipIf(onWindows)('replaces the file behind a link, and the link stays', async () => {
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', path);
    await writeOutput(path, 'new');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out', 'real']);
  });

  it.skipIf(onWindows)('writes into a pipe, which stays one', async () => {
    execFileSync('mkfifo', [path]);
    const heard = readFile(path, 'utf8');
    await writeOutput(path, 'through\n');
    expect(await heard).toBe('through\n');
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it.skipIf(!existsSync('/dev/full'))('says that a disk is full', async () => {
    symlinkSync('/dev/full', path);
    await expect(writeOutput(path, 'text')).rejects.toThrow(`Cannot write ${path}: `);
    expect(readdirSync(folder)).toEqual(['out']);
    expect(statSync(path).isCharacterDevice()).toBe(true);
  });
});

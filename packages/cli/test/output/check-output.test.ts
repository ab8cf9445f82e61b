import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOutput } from '../../src/output/check-output.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-check-'));
  mkdirSync(at('sub'));
  for (const name of ['in', 'other']) writeFileSync(at(name), name);
  linkSync(at('in'), at('hard'));
  if (process.platform !== 'win32') symlinkSync('in', at('soft'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('checkOutput', () => {
  it.each(['new', 'other'])('takes a file that is not read: %s', async (name) => {
    await expect(checkOutput('html', at(name), [at('in'), at('not-there')])).resolves.toBeUndefined();
  });

  it.each([
    ['in', 'one of the files that are read'],
    ['not-there', 'one of the files that are read'],
    ['hard', 'one of the files that are read'],
    ...(process.platform === 'win32' ? [] : [['soft', 'one of the files that are read']]),
    ['sub', 'is a folder'],
    ['none/page.html', 'its folder does not exist'],
  ])('refuses %s as wrong usage: %s', async (name, message) => {
    await expect(checkOutput('html', at(name!), [at('in'), at('not-there')])).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message!),
    });
  });

  it.skipIf(process.platform === 'win32')('takes a device that is read, too', async () => {
    await expect(checkOutput('output', '/dev/null', ['/dev/null'])).resolves.toBeUndefined();
  });
});

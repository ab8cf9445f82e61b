import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/main.ts';

/** A stream on which every write fails. */
const failing = (code: string): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: it cannot be written`), { code })),
  });

describe('a standard output that cannot be written to', () => {
  const run = async (code: string): Promise<{ readonly code: number; readonly err: string }> => {
    let err = '';
    const stderr = new Writable({
      write(chunk: Buffer, _encoding, done) {
        err += chunk.toString();
        done();
      },
    });
    const io = { stdin: Readable.from([]), stdout: failing(code), stderr, env: {}, cwd: process.cwd() };
    return { code: await main(['models'], io), err };
  };

  it('is an error with its reason: a full disk, say', async () => {
    expect(await run('ENOSPC')).toEqual({
      code: 1,
      err: 'secondpass: Cannot write the output: ENOSPC: it cannot be written\n',
    });
  });

  it('is none where the reader went away', async () => {
    expect(await run('EPIPE')).toEqual({ code: 0, err: '' });
  });
});

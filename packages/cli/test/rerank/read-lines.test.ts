import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/rerank/read-lines.ts';

const read = (...chunks: readonly Uint8Array[]): ReturnType<typeof readLines> =>
  readLines(Readable.from(chunks), undefined, new AbortController().signal);
const rawOf = async (...chunks: readonly Uint8Array[]): Promise<string[]> =>
  (await read(...chunks)).candidates.map(({ raw }) => raw);

describe('lines of the standard input', () => {
  it('end at LF, CRLF or CR, and not at a Unicode line separator, which JSON holds unescaped', async () => {
    const record = JSON.stringify({ text: 'one\u2028line\u2029still' });
    expect(await rawOf(Buffer.from(`${record}\r\n${record}\n`))).toEqual([record, record]);
    const { candidates } = await read(Buffer.from('a\rb\r\n\r\nc\u2028d'));
    expect(candidates.map(({ id, raw }) => [id, raw])).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['4', 'c\u2028d'],
    ]);
  });

  it('are whole whichever way the bytes come', async () => {
    const bytes = Buffer.from('\uFEFFzwölf\r\nCafé 🎉\r\n');
    expect(await rawOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(['zwölf', 'Café 🎉']);
  });

  it('that are not UTF-8 are read as Windows-1252, the others as they are, and a note says so', async () => {
    const { candidates, notes } = await read(Buffer.from('zwölf\n'), Buffer.from('Caf\u00e9 \u0080\n', 'latin1'));
    expect(candidates.map(({ raw }) => raw)).toEqual(['zwölf', 'Café €']);
    expect(notes).toEqual([
      { code: 'not-utf-8', by: 'standard input', message: expect.stringContaining('line 2') as string, ids: ['2'] },
    ]);
    expect((await read(Buffer.from('zwölf'))).notes).toEqual([]);
  });

  it('may be UTF-16 with a byte order mark', async () => {
    const text = '\uFEFFzwölf\r\nCafé\n';
    expect(await rawOf(Buffer.from(text, 'utf16le'))).toEqual(['zwölf', 'Café']);
    expect(await rawOf(Buffer.from(text, 'utf16le').swap16())).toEqual(['zwölf', 'Café']);
  });

  it('that are no text are refused, with the way out', async () => {
    await expect(read(gzipSync('text'))).rejects.toThrow('The input is packed; unpack it first: gzip -dc');
    await expect(read(Buffer.from('text', 'utf16le'))).rejects.toThrow('The input is binary');
  });
});

import { addAbortSignal, type Readable } from 'node:stream';
import { SecondpassError } from '@secondpass/core';
import { decodeText } from '../read/read-text.ts';

/** Lines as text, without their ends. */
export interface InputLines {
  readonly lines: readonly string[];
  /** 1-based numbers of those that are not UTF-8 and were read as Windows-1252. */
  readonly notUtf8: readonly number[];
}

// Not `readline`, which newer versions of Node end at U+2028, too; JSON holds that unescaped.
const ends = /\r\n|\n|\r/;

/**
 * Reads a stream to its end: UTF-8, UTF-16 by its byte order mark, else each line for itself, as UTF-8 or as
 * Windows-1252.
 * @throws SecondpassError `invalid-argument` for what is packed or binary
 */
export async function inputLines(input: Readable, signal: AbortSignal): Promise<InputLines> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of addAbortSignal(signal, input)) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw refused('packed; unpack it first: gzip -dc FILE | secondpass rerank …');
  const decoded = decodeText(bytes);
  if ('reason' in decoded) throw refused(`${decoded.reason}, not lines of text; convert it to UTF-8 first.`);
  if (decoded.remark === undefined) return { lines: decoded.text.split(ends), notUtf8: [] };
  const notUtf8: number[] = [];
  // One character a byte, so that each line can be told from its bytes.
  const lines = bytes
    .toString('latin1')
    .split(ends)
    .map((line, index) => {
      const one = decodeText(Buffer.from(line, 'latin1'));
      if ('reason' in one) return line;
      if (one.remark !== undefined) notUtf8.push(index + 1);
      return one.text;
    });
  return { lines, notUtf8 };
}

function refused(fact: string): SecondpassError {
  return new SecondpassError('invalid-argument', `The input is ${fact}`);
}

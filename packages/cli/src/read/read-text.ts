import { open } from 'node:fs/promises';

/** Larger files are logs, dumps or data, not documents. In bytes. */
export const largestFile: number = 8 * 1024 * 1024;

/** A file's text, or the reason in words why there is none. */
export type TextOrReason = { readonly text: string; readonly remark?: string } | { readonly reason: string };

/**
 * Reads a text file: UTF-8, UTF-16 by its byte order mark, else Windows-1252. Binary, huge and unreadable files give a
 * reason.
 */
export async function readText(path: string): Promise<TextOrReason> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > largestFile) {
        const tenths = Math.ceil((size * 10) / 1048576);
        return { reason: `${tenths / 10} MB, larger than the limit of ${largestFile / 1048576} MB` };
      }
      return decodeText(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return {
      reason: code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : `unreadable (${code ?? message})`,
    };
  }
}

/** Bytes to text, without a byte order mark. */
export function decodeText(bytes: Uint8Array): TextOrReason {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) };
  if (bytes.subarray(0, 8192).includes(0)) return { reason: 'binary' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { text: fromWindows1252(bytes), remark: 'not UTF-8, read as Windows-1252' };
  }
}

const from0x80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Not by `TextDecoder`, which in Node 20 takes Windows-1252 for Latin-1: its quotation marks would be lost. */
function fromWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (sign) => from0x80.charAt(sign.charCodeAt(0) - 0x80));
}

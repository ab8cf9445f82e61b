import { SecondpassError } from '../errors.ts';
import { badLine } from './place.ts';

/** Text as a whole, or its lines one by one, with or without their line ends. */
export type LineSource = string | Iterable<string>;

/**
 * Something fed line by line that has its answer at the end. Blank lines are fed too, so that the numbers are right.
 */
export interface LineReader<T> {
  line(text: string, number: number): void;
  end(): T;
}

/**
 * No line of a run, of judgments or of a corpus is longer; a file without line ends must not become one huge string.
 */
const longestLine = 1 << 26;

/** The lines of a text. A byte order mark is dropped; LF and CRLF both end a line. */
export function* linesOf(source: LineSource): Generator<string> {
  let first = true;
  for (const line of typeof source === 'string' ? splitText(source) : source) {
    const text = first && line.startsWith('\uFEFF') ? line.slice(1) : line;
    first = false;
    yield text.endsWith('\r\n')
      ? text.slice(0, -2)
      : text.endsWith('\n') || text.endsWith('\r')
        ? text.slice(0, -1)
        : text;
  }
}

function* splitText(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  if (start < text.length) yield text.slice(start);
}

/**
 * The lines of a UTF-8 file in batches, without their line ends; `.gz` is unpacked on the way. The file is read in
 * pieces: memory holds one piece at a time, whatever the size of the file.
 * @param options.mayBeCut leaves out a last line that ends inside a character, where a writer was interrupted. Default:
 *   it is refused
 * @throws SecondpassError `invalid-argument` for a file that cannot be read, is not UTF-8, or has an endless line
 */
export async function* fileLines(
  path: string,
  options?: { readonly mayBeCut?: boolean | undefined },
): AsyncGenerator<string[]> {
  const { createReadStream } = await import('node:fs');
  const raw = createReadStream(path, { highWaterMark: 1 << 18 });
  const stream = /\.gz$/i.test(path) ? await unpacked(raw) : raw;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let done = 0;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (error) {
      throw badLine(
        { file: path, line: done + 1 },
        'from here on the file is not UTF-8 text; convert it first.',
        error,
      );
    }
  };
  try {
    for await (const chunk of stream) {
      const lines = (rest + decode(chunk as Uint8Array)).split('\n');
      rest = lines.pop()!;
      if (rest.length > longestLine) {
        throw badLine(
          { file: path, line: done + lines.length + 1 },
          `this line is longer than ${longestLine} characters; is it the right file?`,
        );
      }
      if (lines.length === 0) continue;
      done += lines.length;
      yield lines.map(withoutReturn);
    }
    if (options?.mayBeCut && endsInsideCharacter(decoder)) return;
    rest += decode();
    if (rest !== '') yield [withoutReturn(rest)];
  } catch (error) {
    if (SecondpassError.isInstance(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SecondpassError('invalid-argument', `Cannot read ${path}: ${message}`, { cause: error });
  } finally {
    raw.destroy();
  }
}

/** True if bytes are left over that begin a character. Ends the decoding. */
function endsInsideCharacter(decoder: { decode(): string }): boolean {
  try {
    decoder.decode();
    return false;
  } catch {
    return true;
  }
}

async function unpacked(raw: NodeJS.ReadableStream): Promise<AsyncIterable<unknown>> {
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip();
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Feeds a text or lines to a reader. */
export function feed<T>(source: LineSource, reader: LineReader<T>): T {
  let number = 0;
  for (const line of linesOf(source)) reader.line(line, ++number);
  return reader.end();
}

/** Feeds a file to a reader. */
export async function feedFile<T>(path: string, reader: LineReader<T>): Promise<T> {
  let number = 0;
  for await (const lines of fileLines(path)) for (const line of lines) reader.line(line, ++number);
  return reader.end();
}

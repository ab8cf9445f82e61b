import type { Note } from '../types.ts';
import { feed, feedFile, fileLines, type LineReader, type LineSource } from './lines.ts';
import { badLine, quote } from './place.ts';
import type { RankedList, RankedRun } from './run.ts';
import { checkRunOptions, runLines, type RunOptions } from './trec-run-lines.ts';

/**
 * Reads a TREC run from text or lines: `query Q0 document rank score tag`, lines of one query in any order and place.
 * Each list is put in trec_eval's order: by score as a 32-bit float, highest first, ties by document id, the last in
 * byte order first. Ranks do not count, and may have gaps.
 * @throws SecondpassError `invalid-argument` with the line number: wrong columns, a score that is no finite number, a
 *   document listed twice
 */
export function parseTrecRun(source: LineSource, options?: RunOptions): RankedRun {
  checkRunOptions(options, 'parseTrecRun()');
  return feed(source, reader(options?.name ?? 'run', options));
}

/** `parseTrecRun` on a file, read in pieces; `.gz` is unpacked. The default name is the tag in the first line. */
export async function readTrecRun(path: string, options?: RunOptions): Promise<RankedRun> {
  checkRunOptions(options, 'readTrecRun()');
  return feedFile(path, reader(path, options));
}

/**
 * A run file of any size, one query at a time: holds the lines of one query in memory. The lines of a query must stand
 * together, as every tool writes them. What was odd about the file is known at its end and is what the generator
 * returns; `evaluateLists` takes it from there, `for await` passes it over.
 * @throws SecondpassError `invalid-argument` as `parseTrecRun`, and if a query comes back after another began
 */
export async function* streamTrecRun(
  path: string,
  options?: Pick<RunOptions, 'duplicates'>,
): AsyncGenerator<RankedList, readonly Note[]> {
  checkRunOptions(options, 'streamTrecRun()', ['duplicates']);
  const lines = runLines(path, options);
  const finished = new Set<string>();
  let current: string | undefined;
  let number = 0;
  for await (const batch of fileLines(path)) {
    for (const text of batch) {
      const query = lines.add(text, ++number);
      if (query === undefined || query === current) continue;
      if (finished.has(query)) {
        throw badLine(
          { file: path, line: number },
          `query ${quote(query)} comes back after other queries; sort the file by its first column (sort -s -k1,1).`,
        );
      }
      if (current !== undefined) {
        finished.add(current);
        yield* lines.close(current);
      }
      current = query;
    }
  }
  yield* lines.close();
  return lines.notes();
}

function reader(file: string, options: RunOptions | undefined): LineReader<RankedRun> {
  const lines = runLines(file, options);
  return {
    line: (text, number) => void lines.add(text, number),
    end: () => {
      const lists = new Map(lines.close().map(({ query, hits }) => [query, hits]));
      return { name: options?.name ?? lines.tag() ?? file, lists, notes: lines.notes() };
    },
  };
}

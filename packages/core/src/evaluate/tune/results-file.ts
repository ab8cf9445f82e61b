import { SecondpassError } from '../../errors.ts';
import { fileLines } from '../lines.ts';
import type { ScoredPairs, ScoredQuery } from './scored-pairs.ts';
import type { ResultStore } from './tune-system.ts';

/** What the scores in a results file depend on; a file made from something else is refused. */
export interface ResultsKey {
  /** A fingerprint of the first-stage lists, with their scores, and the texts. */
  readonly inputs: string;
  readonly depths: readonly number[];
}

/** A results file that is open, to be closed by whoever opened it. */
export interface OpenResults extends ResultStore {
  close(): Promise<void>;
}

/**
 * Opens a file of scored pairs, new or from an interrupted run: what it holds is not scored again. One line per system
 * and query, each written as soon as it is known; a last line that was cut off is dropped.
 * @throws SecondpassError `invalid-argument` if the file was made from other inputs or depths
 */
export async function openResults(path: string, key: ResultsKey): Promise<OpenResults> {
  const { open, stat, truncate } = await import('node:fs/promises');
  const { existsSync } = await import('node:fs');
  const known = new Map<string, Map<string, ScoredQuery>>();
  const lines = existsSync(path) ? await wholeLines(path) : [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) checkKey(path, line.value, key);
    else remember(known, line.value);
  }
  if (lines.length > 0) await truncate(path, Math.min(lines.at(-1)!.end, (await stat(path)).size));
  const file = await open(path, 'a');
  const size = (await file.stat()).size;
  if (lines.length === 0 && size > 0) {
    await file.close();
    throw new SecondpassError('invalid-argument', `${path} is no results file of tune; name another.`);
  }
  // A last line may have come to the disk without its line end.
  if (size < (lines.at(-1)?.end ?? 0)) await file.appendFile('\n');
  if (lines.length === 0) await file.appendFile(`${JSON.stringify({ secondpass: 'tune', ...key })}\n`);
  return {
    known: known as ScoredPairs,
    append: (system, query, scored) => file.appendFile(`${JSON.stringify({ system, query, ...scored })}\n`),
    close: () => file.close(),
  };
}

/** The lines of a file down to the first that is no JSON object, each with the number of bytes down to its end. */
async function wholeLines(
  path: string,
): Promise<{ readonly value: Readonly<Record<string, unknown>>; readonly end: number }[]> {
  const lines: { value: Readonly<Record<string, unknown>>; end: number }[] = [];
  const encoder = new TextEncoder();
  let end = 0;
  for await (const batch of fileLines(path, { mayBeCut: true })) {
    for (const text of batch) {
      const value = parsed(text);
      if (value === undefined) return lines;
      end += encoder.encode(text).length + 1;
      lines.push({ value, end });
    }
  }
  return lines;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function checkKey(path: string, line: Readonly<Record<string, unknown>>, key: ResultsKey): void {
  if (line['secondpass'] !== 'tune') {
    throw new SecondpassError('invalid-argument', `${path} is no results file of tune; name another.`);
  }
  const same = line['inputs'] === key.inputs && JSON.stringify(line['depths']) === JSON.stringify(key.depths);
  if (same) return;
  throw new SecondpassError(
    'invalid-argument',
    `${path} was made from another run or other scores in it, other texts or other depths; name another file, or remove it.`,
  );
}

function remember(known: Map<string, Map<string, ScoredQuery>>, line: Readonly<Record<string, unknown>>): void {
  const { system, query, ...scored } = line as unknown as { system: string; query: string } & ScoredQuery;
  let rows = known.get(system);
  if (!rows) known.set(system, (rows = new Map()));
  rows.set(query, scored);
}

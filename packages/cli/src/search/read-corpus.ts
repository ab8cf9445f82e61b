import { resolve } from 'node:path';
import { SecondpassError } from '@secondpass/core';
import type { Io } from '../io.ts';
import { printableLine } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { findFiles } from '../read/find-files.ts';
import { type ReadPassages, readPassages } from '../read/read-passages.ts';
import type { Arguments } from '../usage.ts';

/** What is searched, and what was found beside it. */
export interface Corpus extends ReadPassages {
  /** What was not read at all, in words: see `findFiles`. */
  readonly leftAside: readonly string[];
}

/** Reads the corpus, tells what was skipped, and refuses one without any text. */
export async function readCorpus(given: Arguments, io: Io, signal: AbortSignal): Promise<Corpus> {
  const { files, leftAside } = await findFiles(given.positionals, io.cwd, signal);
  const bar = progress('Reading', io, { quiet: given.has('json') });
  const read = await readPassages(files, (done) => bar.update(done, files.length), signal).finally(() => bar.end());
  if (!given.has('json')) {
    const shown = read.remarks.slice(0, 5).map((remark) => `Skipped or in doubt: ${remark}`);
    if (read.remarks.length > 5) shown.push(`… and ${read.remarks.length - 5} more such files`);
    for (const line of shown) io.stderr.write(`${printableLine(line)}\n`);
  }
  if (read.passages.length > 0) return { ...read, leftAside };
  const where = given.positionals.map((path) => resolve(io.cwd, path)).join(', ');
  const aside = [...read.remarks, ...leftAside];
  const reason = aside.length > 0 ? ` Left aside: ${aside.slice(0, 5).join('; ')}.` : '';
  throw new SecondpassError(
    'invalid-argument',
    `There is no text to search in ${where}. Text, Markdown and HTML files are read.${reason}`,
  );
}

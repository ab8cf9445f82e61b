import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { readsBackInOrder } from './trec-order.ts';
import type { Hit, Qrels, RankedRun } from './run.ts';

/** How a run is written. */
export interface WriteRunOptions {
  /**
   * `own` (default) writes the scores without loss and refuses a list that trec_eval would read in another order, since
   * it sorts by score. `from-rank` writes length, length - 1, … 1 instead: any order survives, the scores do not.
   */
  readonly scores?: 'own' | 'from-rank' | undefined;
}

/**
 * A run as the lines of a TREC file, each with its line end. Blanks in the run's name become `-`.
 * @throws SecondpassError `invalid-argument` if an id holds blanks, or if the order would not survive (see `scores`)
 */
export function* formatTrecRun(run: RankedRun, options?: WriteRunOptions): Generator<string> {
  checkOptionNames(options, ['scores'], 'formatTrecRun()');
  checkChoice('scores', options?.scores ?? 'own', ['own', 'from-rank']);
  const tag = run.name.trim().replaceAll(/\s+/g, '-') || 'run';
  for (const [query, hits] of run.lists) {
    const fromRank = options?.scores === 'from-rank';
    if (!fromRank && !readsBackInOrder(hits)) throw orderLost(query, hits);
    for (const [index, { id, score }] of hits.entries()) {
      const value = fromRank ? hits.length - index : score;
      yield `${word(query)} Q0 ${word(id)} ${index + 1} ${value} ${tag}\n`;
    }
  }
}

/** A run as JSON lines, one query each; order and scores survive whatever they are. */
export function* formatRunJsonLines(run: RankedRun): Generator<string> {
  for (const [query, hits] of run.lists) yield `${JSON.stringify({ query, hits })}\n`;
}

/**
 * Judgments as a TREC file (`query 0 document grade`), or as BEIR's with its header.
 * @throws SecondpassError `invalid-argument` for an id that such a file cannot hold, and another format
 */
export function* formatQrels(qrels: Qrels, format: 'trec' | 'beir' = 'trec'): Generator<string> {
  checkChoice('format', format, ['trec', 'beir']);
  if (format === 'beir') yield 'query-id\tcorpus-id\tscore\n';
  for (const [query, grades] of qrels) {
    for (const [id, grade] of grades) {
      yield format === 'beir' ? `${cell(query)}\t${cell(id)}\t${grade}\n` : `${word(query)} 0 ${word(id)} ${grade}\n`;
    }
  }
}

/**
 * Writes lines to a file, whole or not at all: a half-written file never stands under its name.
 * @throws SecondpassError `failed` if the file cannot be written
 */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const { createWriteStream } = await import('node:fs');
  const { rename, rm } = await import('node:fs/promises');
  const { Readable } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await pipeline(Readable.from(inPieces(lines)), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (SecondpassError.isInstance(error)) throw error;
    throw new SecondpassError('failed', `Cannot write ${path}: ${String(error)}`, { cause: error });
  }
}

/** Lines put together to pieces of about 64 KB: a stream that took each line alone would be slow. */
function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function checkChoice(name: string, value: string, [one, other]: readonly [string, string]): void {
  if (value === one || value === other) return;
  throw new SecondpassError('invalid-argument', `${name} is "${String(value)}"; it is "${one}" or "${other}".`);
}

function word(id: string): string {
  if (id !== '' && !/\s/.test(id)) return id;
  throw new SecondpassError(
    'invalid-argument',
    `The id ${JSON.stringify(id)} is empty or holds blanks, which a TREC file cannot; write JSON lines or BEIR.`,
  );
}

function cell(id: string): string {
  if (id !== '' && !/[\t\r\n]/.test(id) && id === id.trim()) return id;
  throw new SecondpassError(
    'invalid-argument',
    `The id ${JSON.stringify(id)} cannot stand in a tab-separated file: it is empty or holds tabs, line ends or outer blanks.`,
  );
}

function orderLost(query: string, hits: readonly Hit[]): SecondpassError {
  const missing = hits.find(({ score }) => score === undefined);
  const fact = missing
    ? `"${missing.id}" has no score`
    : 'the scores do not fall along the list, or tie in another order than trec_eval breaks ties';
  return new SecondpassError(
    'invalid-argument',
    `The order for query "${query}" would not survive a TREC file: ${fact}. Write it with { scores: 'from-rank' }, or as JSON lines.`,
  );
}

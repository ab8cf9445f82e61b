import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Note } from '../types.ts';
import { idField, jsonLines, textField } from './json-lines.ts';
import { badLine, quote } from './place.ts';
import { type QrelsOptions, readQrels } from './qrels.ts';
import type { Qrels } from './run.ts';

/** A document as BEIR holds it. */
export interface BeirDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** A test collection: documents, queries and, if there are any, judgments. */
export interface Collection {
  readonly name: string;
  readonly documents: ReadonlyMap<string, BeirDocument>;
  readonly queries: ReadonlyMap<string, string>;
  readonly qrels: Qrels | undefined;
  /** Judgments of ids that are not there. They count: such a document is relevant and can never be found. */
  readonly notes: readonly Note[];
}

/** How a BEIR folder is read. */
export interface CollectionOptions {
  /**
   * Reads `qrels/<split>.tsv`. Default: `qrels/test.tsv`, else `qrels.tsv`, else `qrels.txt`, else no judgments; where
   * the folder `qrels` has other splits only, one must be named.
   */
  readonly split?: string | undefined;
  /** Two grades for one document: see `QrelsOptions`. Default `throw`. */
  readonly conflicts?: QrelsOptions['conflicts'];
  /** Keeps only these documents, for corpora larger than memory. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
}

/**
 * Reads a BEIR folder: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and its judgments.
 * Thakur et al., BEIR, NeurIPS Datasets and Benchmarks 2021.
 * @throws SecondpassError `invalid-argument` with file and line
 */
export async function readCollection(folder: string, options?: CollectionOptions): Promise<Collection> {
  checkOptionNames(options, ['split', 'conflicts', 'only'], 'readCollection()');
  const { basename, join, resolve } = await import('node:path');
  const documents = new Map<string, BeirDocument>();
  const seen = options?.only ? new Set<string>() : documents;
  for await (const document of streamCorpus(join(folder, 'corpus.jsonl'))) {
    if (seen instanceof Set) seen.add(document.id);
    if (!options?.only || options.only.has(document.id)) documents.set(document.id, document);
  }
  const queries = await readQueries(join(folder, 'queries.jsonl'));
  const qrelsFile = await findQrels(folder, options?.split);
  const qrels = qrelsFile === undefined ? undefined : await readQrels(qrelsFile, { conflicts: options?.conflicts });
  const notes = qrels && qrelsFile !== undefined ? unknownIds(qrels, queries, seen, qrelsFile) : [];
  return { name: basename(resolve(folder)), documents, queries, qrels, notes };
}

/**
 * The documents of a `corpus.jsonl`, one at a time. A missing title is empty.
 * @throws SecondpassError `invalid-argument` with file and line: no JSON, no `_id`, an `_id` that was there before
 */
export async function* streamCorpus(path: string): AsyncGenerator<BeirDocument> {
  const lines = new Map<string, number>();
  for await (const line of jsonLines(path)) {
    const id = idField(line, '_id');
    const before = lines.get(id);
    if (before !== undefined) throw badLine(line.place, `document ${quote(id)} was there before, in line ${before}.`);
    lines.set(id, line.place.line);
    yield { id, title: textField(line, 'title'), text: textField(line, 'text') };
  }
}

/**
 * The queries of a `queries.jsonl`: id to text.
 * @throws SecondpassError `invalid-argument` with file and line: no JSON, no `_id` or text, an `_id` that was there
 *   before
 */
export async function readQueries(path: string): Promise<ReadonlyMap<string, string>> {
  const queries = new Map<string, string>();
  for await (const line of jsonLines(path)) {
    const id = idField(line, '_id');
    const text = textField(line, 'text');
    if (queries.has(id)) throw badLine(line.place, `query ${quote(id)} was there before.`);
    if (text.trim() === '') throw badLine(line.place, `query ${quote(id)} has no "text".`);
    queries.set(id, text);
  }
  return queries;
}

/** A document as one text, as rerankers read it: title, a line break, text. */
export function documentText({ title, text }: BeirDocument): string {
  return title === '' ? text : text === '' ? title : `${title}\n${text}`;
}

async function findQrels(folder: string, split: string | undefined): Promise<string | undefined> {
  const { existsSync, readdirSync } = await import('node:fs');
  const { join } = await import('node:path');
  const inFolder = join(folder, 'qrels');
  const candidates =
    split === undefined
      ? [join(inFolder, 'test.tsv'), join(folder, 'qrels.tsv'), join(folder, 'qrels.txt')]
      : [join(inFolder, `${split}.tsv`)];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const splits = existsSync(inFolder) ? readdirSync(inFolder).filter((name) => name.endsWith('.tsv')) : [];
  if (split === undefined && splits.length === 0) return undefined;
  const way =
    splits.length > 0 ? `Name a split: ${splits.map((name) => name.slice(0, -4)).join(', ')}.` : 'Leave the split out.';
  throw new SecondpassError(
    'invalid-argument',
    `${folder} has no judgments for the split "${split ?? 'test'}". ${way}`,
  );
}

function unknownIds(
  qrels: Qrels,
  queries: ReadonlyMap<string, string>,
  documents: { has(id: string): boolean },
  by: string,
): Note[] {
  const strangers = [...qrels.keys()].filter((query) => !queries.has(query));
  const lost = new Set<string>();
  for (const grades of qrels.values()) for (const id of grades.keys()) if (!documents.has(id)) lost.add(id);
  const notes: Note[] = [];
  if (strangers.length > 0) {
    notes.push({
      code: 'unknown-query',
      by,
      message: `${strangers.length} judged query(ies), "${strangers[0]}" among them, are not in queries.jsonl; they count as unanswered.`,
      ids: strangers,
    });
  }
  if (lost.size > 0) {
    const ids = [...lost];
    notes.push({
      code: 'unknown-document',
      by,
      message: `${lost.size} judged document(s), "${ids[0]}" among them, are not in corpus.jsonl; where relevant they count as never found.`,
      ids,
    });
  }
  return notes;
}

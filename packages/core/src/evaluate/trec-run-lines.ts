import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Note } from '../types.ts';
import { badLine, numberAt, quote, type Place } from './place.ts';
import type { Hit, RankedList } from './run.ts';
import { trecOrder } from './trec-order.ts';

/** How a run is read. */
export interface RunOptions {
  /** Name of the run. Default: the tag in its first line, else the name of the file. */
  readonly name?: string | undefined;
  /**
   * A document that stands twice in one query's list: an error (default, as in trec_eval), or its best score counts,
   * with a note.
   */
  readonly duplicates?: 'throw' | 'keep-best' | undefined;
}

/** Refuses options that are none, and a rule that is none. */
export function checkRunOptions(
  options: RunOptions | undefined,
  where: string,
  names: readonly string[] = ['name', 'duplicates'],
): void {
  checkOptionNames(options, names, where);
  const { duplicates = 'throw' } = options ?? {};
  if (duplicates === 'throw' || duplicates === 'keep-best') return;
  throw new SecondpassError('invalid-argument', `duplicates is "${String(duplicates)}"; it is "throw" or "keep-best".`);
}

/** The lines of one query so far. */
interface Group {
  readonly query: string;
  readonly rows: Map<string, { readonly score: number; readonly rank: number; readonly line: number }>;
  twice: string[];
}

/** Collects the lines of a TREC run, query by query. */
export interface RunLines {
  /** Takes one line. Gives back the query it belongs to, or `undefined` for a blank one. */
  add(text: string, line: number): string | undefined;
  /** Closes one query (default: all that are open) and gives its list, best first. */
  close(query?: string): RankedList[];
  /** The tag in the last column of the first line. */
  readonly tag: () => string | undefined;
  readonly notes: () => Note[];
}

/**
 * Six columns, divided by blanks or tabs: query, `Q0`, document, rank, score, tag. If the line holds exactly six fields
 * divided by tabs, ids may contain blanks.
 */
export function runLines(file: string, options: RunOptions = {}): RunLines {
  const groups = new Map<string, Group>();
  const unranked: string[] = [];
  const duplicated: string[] = [];
  let tag: string | undefined;
  return {
    add(text, line) {
      if (text.trim() === '') return undefined;
      const place = { file, line };
      const [query, id, rank, score, name] = columns(text, place);
      tag ??= name;
      let group = groups.get(query);
      if (!group) groups.set(query, (group = { query, rows: new Map(), twice: [] }));
      const row = { score: numberAt(score, 'score', place), rank: Number(rank), line };
      const before = group.rows.get(id);
      if (before) {
        if (options.duplicates !== 'keep-best') {
          throw badLine(
            place,
            `document ${quote(id)} is listed twice for query ${quote(query)}, first in line ${before.line}. Remove one, or read with duplicates: 'keep-best'.`,
          );
        }
        group.twice.push(id);
      }
      if (!before || row.score > before.score) group.rows.set(id, row);
      return query;
    },
    close(query) {
      const closing = query === undefined ? [...groups.values()] : [groups.get(query)!];
      return closing.map((group) => {
        groups.delete(group.query);
        if (group.twice.length > 0) duplicated.push(group.query);
        const rows = [...group.rows].map(([id, row]) => ({ id, ...row }));
        rows.sort(trecOrder);
        if (ranksDisagree(rows)) unranked.push(group.query);
        return { query: group.query, hits: rows.map(({ id, score }): Hit => ({ id, score })) };
      });
    },
    tag: () => tag,
    notes: () => [
      ...note(
        unranked,
        'rank-disagrees',
        file,
        'the rank column contradicts the scores; the scores count, as in trec_eval',
      ),
      ...note(duplicated, 'duplicate-id', file, 'a document is listed more than once; its best score counts'),
    ],
  };
}

/** True if the rank of a document is below that of one with a lower score. Within one score ranks are free. */
function ranksDisagree(rows: readonly { readonly score: number; readonly rank: number }[]): boolean {
  const ordered = rows.map(({ score, rank }) => ({ score: Math.fround(score), rank }));
  ordered.sort((a, b) => b.score - a.score || a.rank - b.rank);
  return ordered.some((row, i) => i > 0 && row.rank < ordered[i - 1]!.rank && row.score < ordered[i - 1]!.score);
}

function note(queries: readonly string[], code: string, by: string, what: string): Note[] {
  if (queries.length === 0) return [];
  return [
    { code, by, message: `For ${queries.length} query(ies), "${queries[0]}" among them, ${what}.`, ids: queries },
  ];
}

function columns(text: string, place: Place): [query: string, id: string, rank: string, score: string, tag: string] {
  let fields = text.split('\t');
  if (fields.length !== 6) fields = text.trim().split(/[ \t]+/);
  if (fields.length !== 6 || fields.some((field) => field.trim() === '')) {
    throw badLine(
      place,
      `a run has 6 columns (query Q0 document rank score tag); this line has ${fields.length}: ${quote(text)}.`,
    );
  }
  const [query, , id, rank, score, tag] = fields.map((field) => field.trim());
  return [query!, id!, rank!, score!, tag!];
}

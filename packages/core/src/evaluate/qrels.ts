import { checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { jsonObject } from './json-lines.ts';
import { feed, feedFile, type LineReader, type LineSource } from './lines.ts';
import { badLine, numberAt, quote, type Place } from './place.ts';
import type { Qrels } from './run.ts';

/** How judgments are read. */
export interface QrelsOptions {
  /** What the text is called in messages. Default: `qrels`, or the path. */
  readonly name?: string | undefined;
  /**
   * Two different grades for one document of a query: an error (default), or the last one counts (as in ir-measures and
   * BEIR's own reader, without a word), or the highest one.
   */
  readonly conflicts?: 'throw' | 'keep-last' | 'keep-highest' | undefined;
}

/**
 * Reads judgments from text or lines, in whichever of three forms they come:
 * TREC (`query iteration document grade`, blanks or tabs), BEIR (a header, then `query⇥document⇥grade`; ids may hold
 * blanks), or JSON lines (`{"query":"q1","grades":{"d1":2}}`). A grade of 0 or below is judged and not relevant.
 * The same judgment twice is harmless.
 * @throws SecondpassError `invalid-argument` with the line number
 */
export function parseQrels(source: LineSource, options?: QrelsOptions): Qrels {
  return feed(source, reader(options?.name ?? 'qrels', options));
}

/** `parseQrels` on a file, read in pieces; `.gz` is unpacked. */
export async function readQrels(path: string, options?: QrelsOptions): Promise<Qrels> {
  return feedFile(path, reader(options?.name ?? path, options));
}

type Judgment = readonly [query: string, id: string, grade: string];

function reader(file: string, options: QrelsOptions | undefined): LineReader<Qrels> {
  checkOptionNames(options, ['name', 'conflicts'], 'readQrels()');
  const conflicts = options?.conflicts ?? 'throw';
  if (!['throw', 'keep-last', 'keep-highest'].includes(conflicts)) {
    throw new SecondpassError(
      'invalid-argument',
      `conflicts is "${conflicts}"; it is "throw", "keep-last" or "keep-highest".`,
    );
  }
  const qrels = new Map<string, Map<string, number>>();
  const set = (query: string, id: string, grade: number, place: Place): void => {
    let judged = qrels.get(query);
    if (!judged) qrels.set(query, (judged = new Map()));
    const before = judged.get(id);
    if (before !== undefined && before !== grade && conflicts === 'throw') {
      throw badLine(
        place,
        `document ${quote(id)} is judged ${grade} for query ${quote(query)} and was judged ${before} before; keep one of the two, or read with conflicts: 'keep-last' or 'keep-highest'.`,
      );
    }
    judged.set(id, conflicts === 'keep-highest' ? Math.max(grade, before ?? -Infinity) : grade);
  };
  let first = true;
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const place = { file, line };
      const header = first && /^query-?_?id\s/i.test(text);
      first = false;
      if (header) return;
      if (text.trimStart().startsWith('{')) {
        for (const [query, id, grade] of jsonJudgments(text, place)) set(query, id, grade, place);
      } else {
        const [query, id, grade] = judgment(text, place);
        set(query, id, numberAt(grade, 'grade', place), place);
      }
    },
    end: () => qrels,
  };
}

/** Four columns are TREC's, three are BEIR's. Tabs decide before blanks do, so that BEIR ids may hold blanks. */
function judgment(text: string, place: Place): Judgment {
  let fields = text.split('\t').map((field) => field.trim());
  if (fields.length !== 3 && fields.length !== 4) fields = text.trim().split(/[ \t]+/);
  const [query, second, third, fourth] = fields;
  if (fields.every((field) => field !== '')) {
    if (fields.length === 4) return [query!, third!, fourth!];
    if (fields.length === 3) return [query!, second!, third!];
  }
  throw badLine(
    place,
    `judgments have 4 columns (query iteration document grade) or 3 (query document grade); this line has ${fields.length}: ${quote(text)}.`,
  );
}

function jsonJudgments(text: string, place: Place): [query: string, id: string, grade: number][] {
  const { query, grades } = jsonObject(text, place);
  if (typeof query !== 'string' || typeof grades !== 'object' || grades === null) {
    throw badLine(place, `a line of judgments is {"query": "…", "grades": {"document": grade}}; got ${quote(text)}.`);
  }
  return Object.entries(grades).map(([id, grade]) => {
    if (typeof grade === 'number' && Number.isFinite(grade)) return [query, id, grade];
    throw badLine(place, `the grade of ${quote(id)} is ${quote(String(grade))}; it must be a finite number.`);
  });
}

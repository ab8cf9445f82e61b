import { jsonObject } from './json-lines.ts';
import { feed, feedFile, type LineReader, type LineSource } from './lines.ts';
import { badLine, quote } from './place.ts';
import type { Hit, RankedRun } from './run.ts';
import { checkRunOptions, type RunOptions } from './trec-run-lines.ts';

/**
 * Reads a run from JSON lines, one query each: `{"query":"q1","hits":[{"id":"d3","score":7.5},{"id":"d1"}]}`. Unlike in
 * a TREC run the array is the ranking, and scores are optional; so the best of a document that stands twice is its
 * first place. Other fields of a line are ignored.
 * @throws SecondpassError `invalid-argument` with the line number
 */
export function parseRunJsonLines(source: LineSource, options?: RunOptions): RankedRun {
  checkRunOptions(options, 'parseRunJsonLines()');
  return feed(source, reader(options?.name ?? 'run', options));
}

/** `parseRunJsonLines` on a file. The default name is the path. */
export async function readRunJsonLines(path: string, options?: RunOptions): Promise<RankedRun> {
  checkRunOptions(options, 'readRunJsonLines()');
  return feedFile(path, reader(path, options));
}

function reader(file: string, { name = file, duplicates }: RunOptions = {}): LineReader<RankedRun> {
  const lists = new Map<string, readonly Hit[]>();
  const twice: string[] = [];
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const place = { file, line };
      const { query, hits } = jsonObject(text, place);
      if (typeof query !== 'string' || !Array.isArray(hits)) {
        throw badLine(
          place,
          `a line of a run is {"query": "…", "hits": [{"id": "…", "score": 1.5}]}; got ${quote(text)}.`,
        );
      }
      if (lists.has(query))
        throw badLine(place, `query ${quote(query)} has a line before this one; one line per query.`);
      const seen = new Set<string>();
      const list = hits.flatMap((hit: unknown): Hit | readonly [] => {
        const { id, score } = Object(hit) as { readonly id?: unknown; readonly score?: unknown };
        if (typeof id !== 'string')
          throw badLine(place, `every hit needs an "id" (string); got ${quote(JSON.stringify(hit))}.`);
        if (seen.has(id)) {
          if (duplicates !== 'keep-best')
            throw badLine(
              place,
              `document ${quote(id)} is listed twice for query ${quote(query)}. Remove one, or read with duplicates: 'keep-best'.`,
            );
          if (twice.at(-1) !== query) twice.push(query);
          return [];
        }
        seen.add(id);
        if (score === undefined || score === null) return { id };
        if (typeof score !== 'number' || !Number.isFinite(score))
          throw badLine(
            place,
            `the score of ${quote(id)} is ${quote(String(score))}; it must be a finite number or absent.`,
          );
        return { id, score };
      });
      lists.set(query, list);
    },
    end() {
      if (twice.length === 0) return { name, lists, notes: [] };
      const message = `For ${twice.length} query(ies), "${twice[0]}" among them, a document is listed more than once; its first place counts.`;
      return { name, lists, notes: [{ code: 'duplicate-id', by: file, message, ids: twice }] };
    },
  };
}

import { type LegendEntry, legendOf } from './legend.ts';
import type { SearchReport, ShownPassage } from './report.ts';

/** An explanation as tables, before it becomes text or a page. Scores are numbers, `null` where there is none. */
export interface Explanation {
  readonly parts: readonly string[];
  readonly queries: readonly { readonly query: string; readonly found: number; readonly because: string }[];
  /** `best`: up to three of the pool's passages, by rank. */
  readonly pools: readonly {
    readonly pool: string;
    readonly passages: number;
    readonly best: readonly { readonly place: string; readonly rank: number }[];
  }[];
  /** Names of the scores of `order`: the whole question, its parts, what followed from the question. */
  readonly columns: readonly string[];
  readonly order: readonly {
    readonly passage: ShownPassage;
    readonly place: string;
    readonly scores: readonly (number | null)[];
    /** Which of the scores is the highest, if there is one. */
    readonly best?: number;
  }[];
  readonly legend: readonly LegendEntry[];
}

/** What to show of a report, and in which words. */
export function explanationOf(report: SearchReport): Explanation {
  const { parts, hops = [], after = [] } = report;
  const shown = new Set([...report.before, ...after]);
  const byPool = new Map<string, { rank: number; place: string }[]>();
  for (const passage of shown) {
    for (const { pool, rank } of passage.retrieval) {
      byPool.set(pool, [...(byPool.get(pool) ?? []), { rank, place: placeOf(passage) }]);
    }
  }
  const followUps = after.some(({ scores }) => scores?.followUps !== undefined);
  const columns = ['whole', ...parts.map((_, at) => `part ${at + 1}`), ...(followUps ? ['follow-up'] : [])];
  const pools = [...byPool]
    .toSorted(([a], [b]) => poolOrder(a) - poolOrder(b))
    .map(([pool, found]) => ({
      pool: poolName(pool),
      passages: found.length,
      best: found.toSorted((a, b) => a.rank - b.rank).slice(0, 3),
    }));
  return {
    parts,
    queries: hops.map(({ query, found, because = '' }) => ({
      query: wording(query, report.question),
      found,
      because: because.replace(/\s+/g, ' '),
    })),
    pools,
    columns,
    order: after.map((passage) => {
      const { whole = null, parts: own = [], followUps: followed = null } = passage.scores ?? {};
      const scores = [whole, ...parts.map((_, at) => own[at] ?? null), ...(followUps ? [followed] : [])];
      const highest = Math.max(...scores.map((value) => value ?? -Infinity));
      const best = scores.indexOf(highest);
      return { passage, place: placeOf(passage), scores, ...(best >= 0 && { best }) };
    }),
    legend: legendOf({
      queries: hops.length,
      pools: pools.map(({ pool }) => pool),
      columns,
      passages: shown.size,
    }),
  };
}

const placeOf = ({ file, firstLine }: ShownPassage): string => `${file}:${firstLine}`;

/** A query that goes on from the question itself is told by what was added to it. */
function wording(query: string, question: string): string {
  if (query === question) return 'the question';
  return query.startsWith(question) ? `the question, with “${query.slice(question.length).trim()}”` : query;
}

/** The whole question first, then its parts with their guesses, then what followed. */
function poolOrder(pool: string): number {
  const [, part = '0', guess = '0'] = /#(\d+)(?:\.(\d+))?/.exec(pool) ?? [];
  const [, follow = '0'] = /\+(\d+)/.exec(pool) ?? [];
  return Number(follow) * 1e6 + Number(part) * 1000 + Number(guess);
}

/** `bm25 #2.1` is the first guess for part 2, `bm25 +1` the first query that followed from the question itself. */
function poolName(pool: string): string {
  const [, part, guess] = /#(\d+)(?:\.(\d+))?/.exec(pool) ?? [];
  if (part !== undefined) return `part ${part}${guess === undefined ? '' : `, guess ${guess}`}`;
  const [, follow] = /\+(\d+)/.exec(pool) ?? [];
  return follow === undefined ? 'whole' : `follow-up ${follow}`;
}

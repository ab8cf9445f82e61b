import { textOf } from '../content.ts';
import type { Source, SubQuestion } from '../search-types.ts';
import type { Candidate, Content, Note, RerankOptions, Run, Scorer } from '../types.ts';
import { folded } from './distinct-parts.ts';
import { fillNeeds } from './fill-needs.ts';
import type { FoundFor } from './found-for.ts';
import { scorePairs } from './score-pairs.ts';

export interface HearOptions {
  readonly found: FoundFor | undefined;
  readonly pairs: 'own' | 'all';
  /** Share of the place in a part's own list, from 0 to 0.99. */
  readonly firstStage: number;
  readonly skipQuestion: boolean;
  readonly options: RerankOptions | undefined;
}

/** One row per question, the original first, then the parts; in a row a number per candidate, `undefined` is unknown. */
export interface Heard {
  /** What the scorer said. */
  readonly said: readonly (readonly (number | undefined)[])[];
  /** The same with what the place in the part's own list adds. */
  readonly rows: readonly (readonly (number | undefined)[])[];
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
}

/**
 * Scores candidates against a question and its parts. Where a part was asked in several wordings, the wording counts
 * that speaks best for a candidate.
 */
export async function hearParts(
  scorer: Scorer,
  query: Content,
  parts: readonly SubQuestion[],
  candidates: readonly Candidate[],
  { found, pairs, firstStage, skipQuestion, options }: HearOptions,
): Promise<Heard> {
  const pair = scorePairs(scorer, query, candidates, options);
  const everyone = candidates.map((_, index) => index);
  const hear = async (question: Content, sources: Sources | undefined, own: readonly number[]): Promise<Voice> => ({
    own,
    values: await pair.against(question, own, sources),
    sources,
  });
  const voicesOf = async (question: Content, part: number): Promise<readonly Voice[]> => {
    const wordings = found && byWording(found(part));
    if (wordings && part >= 0 && pairs === 'own') {
      const voices: Voice[] = [];
      for (const [asked, sources] of wordings.values()) {
        const own = everyone.filter((at) => sources.has(candidates[at]!));
        voices.push(await hear(asked, sources, own));
      }
      return voices;
    }
    // Where it is known what was found, and nothing was found in these words, no candidate has a place.
    const sources = wordings && (wordings.get(folded(textOf(question)))?.[1] ?? new Map());
    return [await hear(question, sources, everyone)];
  };
  const voices: (readonly Voice[])[] = [skipQuestion ? [] : await voicesOf(query, -1)];
  for (const [index, part] of parts.entries()) {
    voices.push(await voicesOf(fillNeeds(part.text, part.needs ?? [], new Map()), index));
  }
  const most = (firstStage / (1 - firstStage)) * rangeOf(voices.flat());
  return {
    said: voices.map((list) => bestOf(list, () => 0)),
    rows: voices.map((list) =>
      bestOf(list, ({ sources }, at) => {
        const rank = sources?.get(candidates[at]!)?.rank;
        return rank === undefined ? 0 : most / Math.log2(1 + rank);
      }),
    ),
    notes: pair.notes,
    runs: pair.runs,
  };
}

type Sources = ReadonlyMap<Candidate, Source>;
interface Voice {
  /** Indices of the candidates that it is asked about. */
  readonly own: readonly number[];
  readonly values: readonly (number | undefined)[];
  readonly sources: Sources | undefined;
}

/** What each wording found, whichever retriever found it; of two ranks the better. */
function byWording(
  lists: ReturnType<FoundFor>,
): Map<string, readonly [question: string, sources: Map<Candidate, Source>]> {
  const out = new Map<string, readonly [string, Map<Candidate, Source>]>();
  for (const { question, sources } of lists) {
    const key = folded(question);
    const [words, known] = out.get(key) ?? [question, new Map<Candidate, Source>()];
    for (const [candidate, source] of sources) {
      if (source.rank < (known.get(candidate)?.rank ?? Infinity)) known.set(candidate, source);
    }
    out.set(key, [words, known]);
  }
  return out;
}

/** Per candidate the best that any wording says of it, with what its place there adds. */
function bestOf(voices: readonly Voice[], added: (voice: Voice, at: number) => number): (number | undefined)[] {
  const row: (number | undefined)[] = [];
  for (const voice of voices) {
    for (const at of voice.own) {
      const value = voice.values[at];
      if (value !== undefined) row[at] = Math.max(value + added(voice, at), row[at] ?? -Infinity);
    }
  }
  return row;
}

/** From the lowest to the highest of all scores; 1 where they are all the same. */
function rangeOf(voices: readonly Voice[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of voices) {
    for (const value of values) {
      if (value === undefined) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return high > low ? high - low : 1;
}

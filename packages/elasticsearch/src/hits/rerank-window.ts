import { comparableScore, keep } from '@secondpass/core';
import type { Content, Note, Ranked, Reranker, RerankOptions, Run, Score } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import { passageReader } from '../text/passages-of-hit.ts';
import { within, type Limits } from '../within.ts';
import { blendOrder } from './blend.ts';
import { oneSearch, toCandidate, type FirstStage, type HitCandidate } from './hit-candidate.ts';
import { byHit } from './by-hit.ts';
import type { RerankSettings } from './rerank-options.ts';
import { textless, withHitIds } from './hit-notes.ts';
import { signalReader } from './signals.ts';

/** A window in its new order. */
export interface RankedWindow {
  readonly ranked: readonly Ranked<HitCandidate>[];
  /** What each hit was read as, by its place. */
  readonly passages: readonly (readonly string[])[];
  /** The score of a hit, where it compares with those of the others. */
  readonly scoreOf: (ranked: Ranked<HitCandidate>) => Score | undefined;
  /** How many the reranker placed. */
  readonly placed: number;
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
}

/** What a call says beside its settings. */
export interface WindowOptions extends Limits, Pick<RerankOptions, 'topK' | 'minScore' | 'onEvent'> {
  /** What `_score` means. Default: the score of one search. */
  readonly firstStage?: FirstStage | undefined;
}

/** How long after the deadline a reranker may still answer with what it has, in milliseconds: about one batch. */
const lateMs = 100;

/**
 * Reranks all the given hits. Hits without text keep their place among the others; hits that the reranker leaves out
 * stand below those it placed, in the first stage's order. Only `topK` and `minScore` drop any.
 */
export async function rerankWindow(
  hits: readonly Hit[],
  query: Content,
  settings: RerankSettings & { readonly reranker: Reranker; readonly text: NonNullable<RerankSettings['text']> },
  options: WindowOptions,
): Promise<RankedWindow> {
  const { reranker } = settings;
  const { firstStage = oneSearch } = options;
  const by = reranker.name;
  const read = passageReader(settings.text);
  const signalsOf = signalReader(settings.signals);
  const passages = hits.map(read);
  const signals = hits.map(signalsOf);
  const candidates = hits.flatMap((hit, place) =>
    passages[place]!.map((text, at) =>
      toCandidate(hit, place, text, at === 0 ? `${place}` : `${place}.${at}`, signals[place], firstStage),
    ),
  );
  if (candidates.length === 0) {
    const all = hits.map((hit, place) => ({
      candidate: toCandidate(hit, place, '', `${place}`, signals[place], firstStage),
      originalIndex: place,
    }));
    const notes = textless(hits, passages).map((note) => withHitIds(note, hits));
    return { ranked: all, passages, scoreOf: () => undefined, placed: 0, notes, runs: [] };
  }
  const { deadline, onEvent } = options;
  const { results, notes, runs } = await within(
    `reranking with ${by}`,
    options,
    (signal) => reranker.rerank(query, candidates, { signal, deadline, onEvent }),
    lateMs,
  );
  const whole = byHit(candidates, results, by);
  const blended =
    settings.blend === undefined ? { ranked: whole.ranked, notes: [] } : blendOrder(whole.ranked, settings.blend);
  const inPlace = putBack(hits, passages, blended.ranked, firstStage);
  const kept = keep(inPlace, { topK: options.topK, minScore: options.minScore }, by, [...notes, ...whole.notes]);
  const said = [...notes, ...whole.notes, ...blended.notes, ...textless(hits, passages), ...kept.notes];
  const placed = whole.ranked.filter(({ placedBy }) => placedBy !== undefined).length;
  return {
    ranked: kept.results,
    passages,
    // Over all of them: what minScore drops must not make a scale of what it keeps.
    scoreOf: comparableScore(inPlace),
    placed,
    notes: said.map((note) => withHitIds(note, hits)),
    runs,
  };
}

/** Puts hits without text where they stood. */
function putBack(
  hits: readonly Hit[],
  passages: readonly (readonly string[])[],
  ranked: readonly Ranked<HitCandidate>[],
  firstStage: FirstStage,
): Ranked<HitCandidate>[] {
  const rest = ranked.values();
  return hits.map((hit, place) =>
    passages[place]!.length > 0
      ? rest.next().value!
      : { candidate: toCandidate(hit, place, '', `${place}`, undefined, firstStage), originalIndex: place },
  );
}

import type { MessageContent } from '@llamaindex/core/llms';
import type { QueryType } from '@llamaindex/core/query-engine';
import type { NodeWithScore } from '@llamaindex/core/schema';
import {
  comparableScore,
  inputOrder,
  keep,
  refusingUnread,
  tell,
  untilAborted,
  withFallback,
  withTimeout,
} from '@secondpass/core';
import type { Candidate, Note, Ranked, Reranker } from '@secondpass/core';
import {
  annotated,
  detailsOf,
  duplicateNotes,
  toCandidates,
  withScore,
  written,
  type NodeCandidate,
  type SecondpassMetadata,
} from './node-candidate.ts';
import { nodeText, type NodeRerankOptions } from './node-options.ts';
import { queryText, wordless } from './query-text.ts';

/** Notes that mean "this is not the order you asked for": they go into the metadata whether or not details are on. */
const degradations = new Set(['fell-back', 'timed-out', 'worker-lost', 'malformed-answer', 'retriever-failed']);

/** The reranker with the limits that the options ask for. */
export function bounded(
  reranker: Reranker,
  { timeoutMs, onError = 'keep-order' }: Pick<NodeRerankOptions, 'timeoutMs' | 'onError'>,
): Reranker {
  const limited = timeoutMs === undefined ? reranker : withTimeout(reranker, timeoutMs);
  return onError === 'throw' ? limited : withFallback(limited, inputOrder);
}

/**
 * Nodes in, new pairs of node and score out, best first. Empty in is empty out, whatever the query. A query without
 * text is a failure of the rerank.
 */
export async function rerankNodes(
  options: NodeRerankOptions,
  items: readonly NodeWithScore[],
  query: MessageContent | QueryType,
): Promise<NodeWithScore[]> {
  const { reranker, topN, minScore, scoreKind, signal } = options;
  signal?.throwIfAborted();
  if (items.length === 0) return [];
  const plain = toCandidates(items, nodeText(options));
  const candidates = scoreKind ? plain.map((candidate) => withScore(candidate, 'first stage', scoreKind)) : plain;
  const call = { topK: minScore ? undefined : topN, signal };
  const noWords = wordless(query);
  const reading = refusingUnread(reranker, (candidate) => noWords ?? (candidate as NodeCandidate).unread);
  const ranking = await untilAborted(bounded(reading, options).rerank(queryText(query), candidates, call), signal);
  const noScores = scoreKind ? noScoreNotes(candidates, reranker.name) : [];
  const notes = [...duplicateNotes(items, reranker.name), ...noScores, ...ranking.notes];
  return writeNodes(options, reranker.name, ranking.results, notes, ({ item }) => ({ item }));
}

/** A note if no node came with a score, though it was said of what kind they are. */
function noScoreNotes(candidates: readonly NodeCandidate[], by: string): Note[] {
  if (candidates.some(({ score }) => score)) return [];
  const message = 'No node came with a score, though scoreKind is set; all were scored without one.';
  return [{ code: 'partly-scored', by, message }];
}

/** The pair of a candidate, and what there is to say of its node beside the rerank. */
export interface FoundNode {
  readonly item: NodeWithScore;
  readonly about?: SecondpassMetadata;
}

/**
 * Results as pairs of node and score, `minScore` and `topN` applied. Where the reranker scored nothing at all, the
 * scores that came with the nodes stay; otherwise a node without a score has none: missing is not 0. A score of an
 * earlier stage, of another scale than the first result's, counts as none.
 * @param said what the reranker noted, where not all of the notes are its own
 */
export function writeNodes<C extends Candidate>(
  options: Pick<NodeRerankOptions, 'details' | 'onNote' | 'topN' | 'minScore'>,
  by: string,
  results: readonly Ranked<C>[],
  notes: readonly Note[],
  from: (candidate: C) => FoundNode,
  said: readonly Note[] = notes,
): NodeWithScore[] {
  const scoreOf = comparableScore(results);
  const anyScored = results.some(({ score }) => score);
  const kept = keep(results, { topK: options.topN, minScore: options.minScore }, by, said);
  const all = [...notes, ...kept.notes];
  for (const note of all) tell(options.onNote, note);
  return kept.results.map((ranked, index) => {
    const { item, about } = from(ranked.candidate);
    const given = scoreOf(ranked);
    const own = plainNotes(all, ranked.candidate.id, options.details === true);
    const added = {
      ...about,
      ...(options.details && detailsOf(ranked, given, item.score, index)),
      ...(own.length > 0 && { notes: own }),
    };
    const node = annotated(item.node, added, !anyScored);
    const score = given ? written(given) : anyScored ? undefined : item.score;
    return score === undefined ? { node } : { node, score };
  });
}

/** What the metadata of a node says of notes that speak of it: all of them, or those of degradations alone. */
function plainNotes(notes: readonly Note[], id: string, isAll: boolean): SecondpassMetadata['notes'] & {} {
  return notes
    .filter(({ ids }) => ids === undefined || ids.includes(id))
    .filter(({ code }) => isAll || degradations.has(code))
    .map(({ code, by, message }) => ({ code, by, message }));
}

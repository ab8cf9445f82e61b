import type { MessageContent } from '@llamaindex/core/llms';
import type { QueryType } from '@llamaindex/core/query-engine';
import type { NodeWithScore } from '@llamaindex/core/schema';
import { inputOrder, refusingUnread, tell, untilAborted, withFallback, withTimeout } from '@secondpass/core';
import type { Candidate, Note, Ranked, Reranker } from '@secondpass/core';
import {
  annotated,
  detailsOf,
  duplicateNotes,
  toCandidates,
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
  const { reranker, topN, minScore, signal } = options;
  signal?.throwIfAborted();
  if (items.length === 0) return [];
  const candidates = toCandidates(items, nodeText(options));
  const call = { topK: topN, minScore, signal };
  const noWords = wordless(query);
  const reading = refusingUnread(reranker, (candidate) => noWords ?? (candidate as NodeCandidate).unread);
  const ranking = await untilAborted(bounded(reading, options).rerank(queryText(query), candidates, call), signal);
  const notes = [...duplicateNotes(items, reranker.name), ...ranking.notes];
  return writeNodes(options, ranking.results, notes, ({ item }) => ({ item }));
}

/**
 * Results as pairs of node and score. Where the reranker scored nothing at all, the scores that came with the nodes stay;
 * otherwise a node without a score has none: missing is not 0.
 */
export function writeNodes<C extends Candidate>(
  options: Pick<NodeRerankOptions, 'details' | 'onNote'>,
  results: readonly Ranked<C>[],
  notes: readonly Note[],
  from: (candidate: C) => { readonly item: NodeWithScore; readonly about?: SecondpassMetadata },
): NodeWithScore[] {
  for (const note of notes) tell(options.onNote, note);
  const anyScored = results.some(({ score }) => score);
  return results.map((ranked, index) => {
    const { item, about } = from(ranked.candidate);
    const own = notes.filter(({ ids }) => ids === undefined || ids.includes(ranked.candidate.id));
    const said = (options.details ? own : own.filter(({ code }) => degradations.has(code))).map(
      ({ code, by, message }) => ({ code, by, message }),
    );
    const added = {
      ...about,
      ...(options.details && detailsOf(ranked, item.score, index)),
      ...(said.length > 0 && { notes: said }),
    };
    const node = annotated(item.node, added, !anyScored);
    const score = ranked.score ? written(ranked.score) : anyScored ? undefined : item.score;
    return score === undefined ? { node } : { node, score };
  });
}

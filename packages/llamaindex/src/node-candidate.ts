import type { BaseNode, MetadataMode, NodeWithScore } from '@llamaindex/core/schema';
import { readText, valueAs } from '@secondpass/core';
import type { Candidate, Content, Note, Ranked, Score, ScoreKind, SecondpassError } from '@secondpass/core';
import { copyNode } from './copy-node.ts';

/** A node on its way through a reranker. Its id is its place in the list, so true duplicates stay two. */
export interface NodeCandidate extends Candidate {
  readonly item: NodeWithScore;
  /** Why its text cannot be read. */
  readonly unread?: SecondpassError;
}

/**
 * What `metadata.secondpass` of a copied node can say. Plain data; in no text that the copy gives, whatever its
 * metadata mode, so that neither language models nor embeddings nor rerankers read it. What concerns a score or a place
 * is the last rerank's; `sources` and `notes` stay.
 */
export interface SecondpassMetadata {
  readonly by?: string;
  readonly kind?: ScoreKind;
  readonly logit?: number;
  /** The score and the place (from 1) that the node came with, and the place it has now. */
  readonly firstScore?: number;
  readonly before?: number;
  readonly after?: number;
  readonly passage?: { readonly start: number; readonly end: number };
  /** Who found the node, for which question, at which rank (from 1), with which score of its own. */
  readonly sources?: readonly {
    readonly retriever: string;
    readonly question?: string;
    readonly rank: number;
    readonly score?: number;
  }[];
  readonly notes?: readonly Pick<Note, 'code' | 'by' | 'message'>[];
}

/** @param first the first id: several lists that meet in one call count on */
export function toCandidates(
  items: readonly NodeWithScore[],
  textOf: (node: BaseNode) => Content,
  first: number = 0,
): NodeCandidate[] {
  return items.map((item, index) => {
    const { id_: id } = item.node;
    const which = `node ${index + 1} (id_ "${id}")`;
    return { id: String(first + index), ...readText(() => textOf(item.node), which), item };
  });
}

/** The candidate with the score that its node came with, where there is one; `kind`: what it is. */
export function withScore(candidate: NodeCandidate, by: string, kind: 'retrieval' | 'similarity'): NodeCandidate {
  const value = candidate.item.score;
  return value !== undefined && Number.isFinite(value) ? { ...candidate, score: { value, kind, by } } : candidate;
}

/**
 * A score as the framework keeps it: a logit as a probability, everything else as it is; and never 0, which
 * `SimilarityPostprocessor` takes for "no score" and drops.
 */
export function written(score: Score): number {
  const value = valueAs(score, 'probability') ?? score.value;
  return value === 0 ? Number.MIN_VALUE : value;
}

/** A note if a list holds a node twice, by its id. Both stay. */
export function duplicateNotes(items: readonly NodeWithScore[], by: string): Note[] {
  const seen = new Set<string>();
  const ids: string[] = [];
  for (const [index, { node }] of items.entries()) {
    const { id_: id } = node;
    if (seen.has(id)) ids.push(String(index));
    seen.add(id);
  }
  if (ids.length === 0) return [];
  return [
    { code: 'duplicate-id', by, message: `${ids.length} node(s) stand in the list more than once; all are kept.`, ids },
  ];
}

/** What is true of one rerank alone: of its score and its places. */
const ofOneRerank: ReadonlySet<string> = new Set<keyof SecondpassMetadata>([
  'by',
  'kind',
  'logit',
  'passage',
  'firstScore',
  'before',
  'after',
]);

/**
 * The node itself where there is nothing to say; else a copy that says it in its metadata and not in its text.
 * Notes add up, later fields win.
 * @param scoreStays the node has the score that it came with, so that what an earlier rerank said of it is still true
 */
export function annotated(node: BaseNode, about: SecondpassMetadata, scoreStays: boolean): BaseNode {
  const { secondpass: said, ...metadata } = node.metadata as { readonly secondpass?: unknown };
  // The metadata may come from anywhere: what is no object was said by somebody else.
  const isOurs = typeof said === 'object' && said !== null && !Array.isArray(said);
  const before: SecondpassMetadata = isOurs ? said : {};
  const earlier = Object.entries(before);
  const kept = earlier.filter(([name]) => scoreStays || !ofOneRerank.has(name));
  if (Object.keys(about).length === 0 && kept.length === earlier.length) return node;
  const notes = [...(Array.isArray(before.notes) ? before.notes : []), ...(about.notes ?? [])];
  const secondpass = { ...Object.fromEntries(kept), ...about, ...(notes.length > 0 && { notes }) };
  const copy = copyNode(node, Object.keys(secondpass).length === 0 ? metadata : { ...metadata, secondpass });
  copy.excludedLlmMetadataKeys = [...new Set([...node.excludedLlmMetadataKeys, 'secondpass'])];
  copy.excludedEmbedMetadataKeys = [...new Set([...node.excludedEmbedMetadataKeys, 'secondpass'])];
  // The framework's lists leave a key out for language models and embeddings, not for rerankers, which read all.
  const value = (mode: MetadataMode): string => withoutNotes(copy).getMetadataStr(mode);
  return Object.defineProperty(copy, 'getMetadataStr', { value, writable: true, configurable: true });
}

/** A node as it was before this package said anything of it: what there is to read. */
export function withoutNotes(node: BaseNode): BaseNode {
  const { secondpass, ...metadata } = node.metadata as Record<string, unknown>;
  return secondpass === undefined ? node : copyNode(node, metadata);
}

/**
 * What there is to say of one result when details are asked for.
 * @param score the one that is written: of another, nothing is said
 */
export function detailsOf(
  { placedBy, detail, originalIndex }: Ranked,
  score: Score | undefined,
  firstScore: number | undefined,
  index: number,
): SecondpassMetadata {
  const logit = score && (detail?.logit ?? (score.kind === 'logit' ? score.value : undefined));
  return {
    ...(placedBy !== undefined && { by: placedBy }),
    ...(score && { kind: valueAs(score, 'probability') === undefined ? score.kind : 'probability' }),
    ...(logit !== undefined && { logit }),
    ...(score && detail?.passage && { passage: detail.passage }),
    ...(firstScore !== undefined && { firstScore }),
    before: originalIndex + 1,
    after: index + 1,
  };
}

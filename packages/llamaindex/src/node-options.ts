import type { BaseNode, MetadataMode } from '@llamaindex/core/schema';
import { checkInteger, checkMinScore, checkOptionNames, SecondpassError } from '@secondpass/core';
import type { Content, Note, Reranker, RerankOptions } from '@secondpass/core';
import { withoutNotes } from './node-candidate.ts';

/** How nodes are reranked: the same options wherever this package does it. */
export interface NodeRerankOptions {
  /** Any reranker of `@secondpass/core`, such as `await loadReranker()`. Who loaded it disposes of it. */
  readonly reranker: Reranker;
  /** Keep the best n. Default: all. */
  readonly topN?: number | undefined;
  /** Keep what scores at least this; a node without a score is kept. Default: all. */
  readonly minScore?: RerankOptions['minScore'];
  /**
   * What of a node the reranker reads, as `node.getContent(metadataMode)` gives it. Default: `'ALL'`, as upstream:
   * text and metadata, without `metadata.secondpass`. Metadata uses up tokens; `'NONE'` is the text alone.
   */
  readonly metadataMode?: MetadataMode | `${MetadataMode}` | undefined;
  /**
   * Reads a node in another way, as text or parts; goes before `metadataMode`. One that gives nothing leaves the node
   * without text, one that throws is a failure of the rerank.
   */
  readonly text?: ((node: BaseNode) => Content) | undefined;
  /**
   * What the scores are that nodes come with: `'retrieval'`, BM25 and its like, which improve the embedded model's order,
   * or `'similarity'`, cosines, which a blend of yours may read. Default: they are not read.
   */
  readonly scoreKind?: 'retrieval' | 'similarity' | undefined;
  /** Time for one rerank in milliseconds; what was not scored by then stands below, in its order. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * When the reranker fails or goes on past `timeoutMs`: the nodes as they came, with a note, or an error. Default:
   * `'keep-order'`.
   */
  readonly onError?: 'throw' | 'keep-order' | undefined;
  /**
   * Put kind, logit, scores and places before and after, and notes into `metadata.secondpass` of a copy. Default:
   * false.
   */
  readonly details?: boolean | undefined;
  /** Ends every rerank; the framework hands none down. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of every note: what was truncated, timed out, fell back. Its `ids` are places in the list that was reranked,
   * from 0. What it throws or rejects with is ignored.
   */
  readonly onNote?: ((note: Note) => void) | undefined;
}

export const nodeOptionNames = [
  'reranker',
  'topN',
  'minScore',
  'metadataMode',
  'text',
  'scoreKind',
  'timeoutMs',
  'onError',
  'details',
  'signal',
  'onNote',
] as const;

const modes = ['ALL', 'EMBED', 'LLM', 'NONE'];

export function checkNodeOptions(options: NodeRerankOptions, known: readonly string[], where: string): void {
  checkOptionNames(options, known, where);
  if (typeof options?.reranker?.rerank !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      `${where} needs a reranker, such as { reranker: await loadReranker() } from @secondpass/core/models.`,
    );
  }
  checkInteger('topN', options.topN, 0);
  checkInteger('timeoutMs', options.timeoutMs, 1);
  checkMinScore(options.minScore);
  if (options.metadataMode !== undefined && !modes.includes(options.metadataMode)) {
    throw new SecondpassError(
      'invalid-argument',
      `metadataMode is "${options.metadataMode}"; it is one of ${modes.join(', ')}.`,
    );
  }
  if (options.text !== undefined && typeof options.text !== 'function') {
    const fact = `text must be a function of the node, not ${Array.isArray(options.text) ? 'an array' : `a ${typeof options.text}`}`;
    throw new SecondpassError('invalid-argument', `${fact}: (node) => node.getContent(MetadataMode.NONE).`);
  }
  if (options.scoreKind !== undefined && options.scoreKind !== 'retrieval' && options.scoreKind !== 'similarity') {
    throw new SecondpassError(
      'invalid-argument',
      `scoreKind is "${String(options.scoreKind)}"; it is 'retrieval' or 'similarity'.`,
    );
  }
  if (options.onError !== undefined && options.onError !== 'throw' && options.onError !== 'keep-order') {
    throw new SecondpassError(
      'invalid-argument',
      `onError is "${String(options.onError)}"; it is 'throw' or 'keep-order'.`,
    );
  }
}

/** What a node reads as. What this package itself has put into its metadata is not read. */
export function nodeText({
  text,
  metadataMode = 'ALL' as const,
}: Pick<NodeRerankOptions, 'text' | 'metadataMode'>): (node: BaseNode) => Content {
  return text ?? ((node) => withoutNotes(node).getContent(metadataMode as MetadataMode));
}

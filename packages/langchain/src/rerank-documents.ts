import type { Callbacks } from '@langchain/core/callbacks/manager';
import type { Document, DocumentInterface } from '@langchain/core/documents';
import { inputOrder, refusingUnread, tell, untilAborted, withFallback, withTimeout } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { duplicateNotes, noScoreNotes, toCandidates, withScore, type DocumentCandidate } from './document-candidate.ts';
import { documentText } from './document-text.ts';
import type { DocumentRerankOptions } from './rerank-options.ts';
import { plainNotes } from './secondpass-metadata.ts';
import { traced } from './trace.ts';
import { writeDocuments } from './write-documents.ts';

/** Where a rerank runs: whose trace it belongs to, and who may end it. */
export interface RerankContext {
  readonly callbacks?: Callbacks | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The reranker with the limits that the options ask for. */
export function bounded(
  reranker: Reranker,
  { timeoutMs, onError = 'keep-order' }: Pick<DocumentRerankOptions, 'timeoutMs' | 'onError'>,
): Reranker {
  const limited = timeoutMs === undefined ? reranker : withTimeout(reranker, timeoutMs);
  return onError === 'throw' ? limited : withFallback(limited, inputOrder);
}

/**
 * Documents in, new documents out, best first, with a child run in the trace. Empty in is empty out, whatever the
 * query.
 */
export async function rerankDocuments(
  options: DocumentRerankOptions,
  documents: readonly DocumentInterface[],
  query: string,
  { callbacks, signal }: RerankContext,
): Promise<Document[]> {
  signal?.throwIfAborted();
  if (documents.length === 0) return [];
  const { name } = options.reranker;
  return traced(name, callbacks, { query, documents }, async () => {
    const reading = refusingUnread(options.reranker, (candidate) => (candidate as DocumentCandidate).unread);
    const reranker = bounded(reading, options);
    const { scoreFrom } = options;
    const candidates = toCandidates(documents, documentText(options.text)).map((candidate) =>
      withScore(candidate, scoreFrom ?? '', scoreFrom),
    );
    const ranking = await untilAborted(reranker.rerank(query, candidates, { signal }), signal);
    const notes = [...duplicateNotes(documents, name), ...noScoreNotes(candidates, name, scoreFrom), ...ranking.notes];
    const written = writeDocuments(options, name, ranking.results, notes, ({ document }) => ({ document }));
    for (const note of written.notes) tell(options.onNote, note);
    const shown = { documents: written.documents, notes: plainNotes(written.notes), runs: ranking.runs };
    return { shown, value: written.documents };
  });
}

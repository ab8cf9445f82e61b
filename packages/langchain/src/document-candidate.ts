import { Document, type DocumentInterface } from '@langchain/core/documents';
import { readText, type Candidate, type Content, type Note, type SecondpassError } from '@secondpass/core';

/** A document on its way through a reranker. Its id is its place in the list, so true duplicates stay two. */
export interface DocumentCandidate extends Candidate {
  readonly document: DocumentInterface;
  /** Why its text cannot be read. */
  readonly unread?: SecondpassError;
}

/** @param first the first id: several lists that meet in one call count on */
export function toCandidates(
  documents: readonly DocumentInterface[],
  textOf: (document: DocumentInterface) => Content,
  first: number = 0,
): DocumentCandidate[] {
  return documents.map((document, index) => {
    const which = `document ${index + 1}${isKey(document.id) ? ` (id "${document.id}")` : ''}`;
    return { id: String(first + index), ...readText(() => textOf(document), which), document };
  });
}

/** The candidate with the score that its metadata has under this key, where there is one. */
export function withScore(candidate: DocumentCandidate, by: string, scoreFrom: string | undefined): DocumentCandidate {
  const value: unknown = scoreFrom === undefined ? undefined : candidate.document.metadata?.[scoreFrom];
  return typeof value === 'number' && Number.isFinite(value)
    ? { ...candidate, score: { value, kind: 'retrieval', by } }
    : candidate;
}

/** A note if nothing stands under the key of the first-stage scores: mostly it is another key. */
export function noScoreNotes(
  candidates: readonly DocumentCandidate[],
  by: string,
  scoreFrom: string | undefined,
): Note[] {
  if (scoreFrom === undefined || candidates.some(({ score }) => score)) return [];
  const message = `No document has a number under metadata.${scoreFrom}; all were scored without a first-stage score.`;
  return [{ code: 'partly-scored', by, message }];
}

/** A new document: everything the given one has, with other metadata. The given one stays as it is. */
export function copyWith(document: DocumentInterface, metadata: Record<string, unknown>): Document {
  const { pageContent } = document;
  // Not assigned: a field named `__proto__`, as JSON may have one, would become the copy's prototype.
  return Object.defineProperties(
    new Document({ pageContent }),
    Object.getOwnPropertyDescriptors({ ...document, metadata }),
  );
}

/** What can tell documents apart: a number, or text that is not blank. */
export function isKey(value: unknown): value is string | number {
  return typeof value === 'string' ? value.trim() !== '' : typeof value === 'number' && !Number.isNaN(value);
}

/**
 * A note if a list holds a document twice: the same `id`, or, without ids, the same content. Both stay. Documents that
 * have neither are not taken for one another.
 */
export function duplicateNotes(documents: readonly DocumentInterface[], by: string): Note[] {
  const seen = new Set<string>();
  const ids: string[] = [];
  for (const [index, { id, pageContent }] of documents.entries()) {
    if (!isKey(id) && !isKey(pageContent)) continue;
    const key = isKey(id) ? `id:${id}` : `content:${pageContent}`;
    if (seen.has(key)) ids.push(String(index));
    seen.add(key);
  }
  if (ids.length === 0) return [];
  const message = `${ids.length} document(s) stand in the list more than once (first at place ${Number(ids[0]) + 1}); all are kept.`;
  return [{ code: 'duplicate-id', by, message, ids }];
}

import type { Document, DocumentInterface } from '@langchain/core/documents';
import { comparableScore, keep, valueAs } from '@secondpass/core';
import type { Candidate, Note, Ranked, Score } from '@secondpass/core';
import { copyWith } from './document-candidate.ts';
import type { DocumentRerankOptions } from './rerank-options.ts';
import { rememberScore, scoreKeyOf, without } from './score-key.ts';
import { plainNotes, withSecondpass, type Saying } from './secondpass-metadata.ts';
import { threshold } from './threshold.ts';

/** Notes that mean "this is not the order you asked for": they go into the metadata whether or not details are on. */
const degradations = new Set(['fell-back', 'timed-out', 'worker-lost', 'malformed-answer', 'retriever-failed']);

export type WriteOptions = Omit<DocumentRerankOptions, 'reranker' | 'text' | 'timeoutMs' | 'onError'>;

/** The document of a candidate, and what there is to say of it beside the rerank. */
export interface FoundDocument {
  readonly document: DocumentInterface;
  readonly about?: Saying;
}

/**
 * Results as new documents, `minScore` and `topN` applied. Where anything was scored, a document that was not loses a
 * score that this package gave it before: numbers of two scales under one key compare with nothing. A score of an
 * earlier stage, of another scale than the first result's, counts as none.
 * @param said what the reranker noted, where not all of the notes are its own
 */
export function writeDocuments<C extends Candidate>(
  options: WriteOptions,
  by: string,
  results: readonly Ranked<C>[],
  notes: readonly Note[],
  document: (candidate: C) => FoundDocument,
  said: readonly Note[] = notes,
): { readonly documents: Document[]; readonly notes: readonly Note[] } {
  const { scoreKey = 'relevanceScore' } = options;
  const scoreOf = comparableScore(results);
  const anyScored = results.some(({ score }) => score);
  const limits = { topK: options.topN, minScore: threshold(options.minScore, results, said) };
  const kept = keep(results, limits, by, said);
  const all = [...notes, ...kept.notes];
  const shown = options.details ? all : all.filter(({ code }) => degradations.has(code));
  const documents = kept.results.map((result, index) => {
    const ranked = asWritten(result, scoreOf(result));
    const { document: from, about } = document(ranked.candidate);
    const { score, placedBy } = ranked;
    const earlier = scoreKeyOf(from.metadata);
    const isStale = anyScored && earlier === scoreKey;
    const others = score || isStale ? without(from.metadata, scoreKey) : from.metadata;
    const scored = { ...others, ...(score && { [scoreKey]: score.value }) };
    const ourKey = score ? scoreKey : isStale ? undefined : earlier;
    const saying = { ...about, scoreKey: ourKey, ...details(options, ranked, index, shown) };
    const metadata = withSecondpass(scored, saying, anyScored || placedBy !== undefined);
    if (ourKey !== undefined) rememberScore(metadata, ourKey);
    return copyWith(from, metadata);
  });
  return { documents, notes: all };
}

/**
 * A result with its score as it is written: a logit as a probability, another kind as it is.
 * @param score `undefined` where none is written: then nothing is said of it either
 */
function asWritten<C extends Candidate>(ranked: Ranked<C>, score: Score | undefined): Ranked<C> {
  const { score: _, detail, ...placed } = ranked;
  if (!score) return placed;
  const value = score.kind === 'logit' ? valueAs(score, 'probability') : undefined;
  if (value === undefined) return ranked;
  const written: Score = { value, kind: 'probability', by: score.by };
  return { ...placed, score: written, detail: { logit: score.value, ...detail } };
}

function details(options: WriteOptions, ranked: Ranked, index: number, notes: readonly Note[]): Saying {
  const { candidate, score, detail, placedBy, originalIndex } = ranked;
  const own = notes.filter(({ ids }) => ids === undefined || ids.includes(candidate.id));
  return {
    ...(own.length > 0 && { notes: plainNotes(own) }),
    ...(options.details && {
      ...(placedBy !== undefined && { by: placedBy }),
      ...(score && { kind: score.kind }),
      ...(detail?.logit !== undefined && { logit: detail.logit }),
      ...(detail?.passage && { passage: detail.passage }),
      before: originalIndex + 1,
      after: index + 1,
    }),
  };
}

import type { Note, ScoreKind } from '@secondpass/core';

/** The one metadata key that this package writes beside the score. Plain data: it can be stored and traced. */
export const secondpassKey = 'secondpass';

/**
 * What `metadata.secondpass` can say of a document. Every field is absent where there is nothing to say. What concerns
 * a score or a place is the last rerank's; `sources`, `key` and `notes` stay. `scoreKey` alone is nothing to say: where
 * there is no more, there is no `metadata.secondpass`.
 */
export interface SecondpassMetadata {
  /** Who put the document in its place, and what its score means. */
  readonly by?: string;
  readonly kind?: ScoreKind;
  /** The metadata key of the score that this package has last written, where the score is still there. */
  readonly scoreKey?: string;
  /** The number before it became a probability. */
  readonly logit?: number;
  /** Place in the list before and after, from 1. */
  readonly before?: number;
  readonly after?: number;
  /** Where in the text that was read the best passage stands: character offsets. */
  readonly passage?: { readonly start: number; readonly end: number };
  /** Who found the document, for which question, at which rank (from 1), with which score of its own. */
  readonly sources?: readonly DocumentSource[];
  /** What the document was known by when pools were fused: `id`, `metadata.url`, `content`, `function`. */
  readonly key?: string;
  readonly notes?: readonly PlainNote[];
}
export interface DocumentSource {
  readonly retriever: string;
  readonly question?: string;
  readonly rank: number;
  readonly score?: number;
}
export type PlainNote = Pick<Note, 'code' | 'by' | 'message'>;

/** Notes without the errors and ids they may carry. */
export function plainNotes(notes: readonly Note[]): PlainNote[] {
  return notes.map(({ code, by, message }) => ({ code, by, message }));
}

/** What this package said before. The metadata may come from anywhere: what is no object was said by somebody else. */
export function saidIn(metadata: Readonly<Record<string, unknown>>): SecondpassMetadata | undefined {
  const said = metadata[secondpassKey];
  return typeof said === 'object' && said !== null && !Array.isArray(said) ? said : undefined;
}

/** What there is to say now: `undefined` takes back what was said before. */
export type Saying = { readonly [Name in keyof SecondpassMetadata]: SecondpassMetadata[Name] | undefined };

/** What is true of one rerank alone: its score and its place. */
const ofOneRerank: ReadonlySet<string> = new Set<keyof SecondpassMetadata>([
  'by',
  'kind',
  'logit',
  'before',
  'after',
  'passage',
]);

/**
 * Metadata with more said by this package: later fields win, notes add up. What somebody else has put in its place stays
 * until there is something to say.
 * @param isPlaced somebody has just placed the document, so that what was said of an earlier place and score goes
 */
export function withSecondpass(
  metadata: Readonly<Record<string, unknown>>,
  added: Saying,
  isPlaced: boolean,
): Record<string, unknown> {
  const { [secondpassKey]: said, ...others } = metadata;
  const before = saidIn(metadata);
  const notes = [...(Array.isArray(before?.notes) ? before.notes : []), ...(added.notes ?? [])];
  const staying = Object.entries(before ?? {}).filter(([name]) => !(isPlaced && ofOneRerank.has(name)));
  const entries = Object.entries({ ...Object.fromEntries(staying), ...added }).filter(
    ([name, value]) => name !== 'notes' && value !== undefined,
  );
  const all = { ...Object.fromEntries(entries), ...(notes.length > 0 && { notes }) };
  if (!Object.keys(all).every((name) => name === 'scoreKey')) return { ...others, [secondpassKey]: all };
  return before || said === undefined ? others : { ...others, [secondpassKey]: said };
}

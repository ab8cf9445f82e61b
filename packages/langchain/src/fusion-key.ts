import type { DocumentInterface } from '@langchain/core/documents';
import { checkRole, normalForm, SecondpassError, type Candidate, type Fusion, type Note } from '@secondpass/core';
import { isKey, type DocumentCandidate } from './document-candidate.ts';

/**
 * What tells documents apart when several lists become one: `'id'` (the document's own), `'content'` (its text, white
 * space aside), `{ field }` (a metadata field), or a function. A number or a text that is not blank is a key, anything
 * else is none. A document that lacks the key is known by its content, one without text by its id, and one without
 * either is taken for no other; a `no-key` note says so.
 */
export type DocumentKey =
  | 'id'
  | 'content'
  | { readonly field: string }
  | ((document: DocumentInterface) => string | undefined);

/** One way to know a document: what it is called, and what it reads. */
interface Way {
  readonly name: string;
  readonly read: (document: DocumentInterface) => unknown;
}

const byId: Way = { name: 'id', read: ({ id }) => id };
/** Text as people would compare it. */
const byContent: Way = {
  name: 'content',
  // A plain object may come without any.
  read: ({ pageContent }) =>
    normalForm((pageContent as string | undefined) ?? '', 'NFC')
      .replace(/\s+/gu, ' ')
      .trim(),
};

/**
 * The way that a key asks for. Without a key: ids where every document has one, else contents.
 * @throws SecondpassError `invalid-argument` for what is no key
 */
export function keyWay(key: DocumentKey | undefined, documents: readonly DocumentInterface[]): Way {
  if (key === undefined) return documents.every(({ id }) => isKey(id)) ? byId : byContent;
  if (key === 'id') return byId;
  if (key === 'content') return byContent;
  if (typeof key === 'function') return { name: 'function', read: (document) => keyBy(key, document) };
  const field = (key as { readonly field?: unknown } | null)?.field;
  if (typeof field !== 'string' || field === '') {
    throw new SecondpassError(
      'invalid-argument',
      `key is ${JSON.stringify(key)}; it is 'id', 'content', { field: 'url' } or a function.`,
    );
  }
  return {
    name: `metadata.${field}`,
    read: ({ metadata }) => (metadata as Record<string, unknown> | undefined)?.[field],
  };
}

/**
 * What a key function gives for a document.
 * @throws SecondpassError `failed` where the function throws
 */
function keyBy(key: (document: DocumentInterface) => unknown, document: DocumentInterface): unknown {
  try {
    return key(document);
  } catch (cause) {
    const { id, pageContent } = document;
    const which = isKey(id) ? `with id "${id}"` : `that begins with ${JSON.stringify(pageContent?.slice(0, 40) ?? '')}`;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `key() failed for the document ${which}: ${why}. Let it give undefined for one without a key.`;
    throw new SecondpassError('failed', message, { cause });
  }
}

/** How a document is known. `by` is absent where nothing tells it from others. */
function knownBy({ id, document }: DocumentCandidate, asked: Way): { readonly key: string; readonly by?: string } {
  for (const { name, read } of [asked, byContent, byId]) {
    const value = read(document);
    // A name space for each way, so that an id never meets a text that reads the same.
    if (isKey(value)) return { key: `${name}:${value}`, by: name };
  }
  return { key: `place:${id}` };
}

export interface KeyedFusion extends Fusion {
  /** What a document was known by in the last call: `id`, `content`, `metadata.url`, `function`; absent if nothing. */
  readonly knownBy: (candidate: DocumentCandidate) => string | undefined;
}

/** A fusion that tells documents apart by `key`, and says by what it did. */
export function keyedFusion(fusion: Fusion, key: DocumentKey | undefined): KeyedFusion {
  checkRole(fusion, 'fuse', 'The option fusion');
  let asked = keyWay(key, []);
  return {
    name: fusion.name,
    knownBy: (candidate) => knownBy(candidate, asked).by,
    fuse(pools, options) {
      const found: readonly Candidate[] = pools.flatMap((pool) => pool.candidates);
      const candidates = found as readonly DocumentCandidate[];
      const documents = candidates.map(({ document }) => document);
      asked = keyWay(key, documents);
      const keyOf = (candidate: Candidate): string => knownBy(candidate as DocumentCandidate, asked).key;
      const fused = fusion.fuse(pools, { ...options, key: keyOf });
      return { ...fused, notes: [...noKeyNotes(candidates, asked, fusion.name), ...fused.notes] };
    },
  };
}

/** A note for each way that stands in for the one that was asked for. */
function noKeyNotes(candidates: readonly DocumentCandidate[], asked: Way, by: string): Note[] {
  const idsBy = new Map<string | undefined, string[]>();
  for (const candidate of candidates) {
    const way = knownBy(candidate, asked).by;
    if (way === asked.name) continue;
    if (!idsBy.has(way)) idsBy.set(way, []);
    idsBy.get(way)!.push(candidate.id);
  }
  return [...idsBy].map(([way, ids]) => {
    const instead = way === undefined ? 'are taken for no other' : `are told apart by their ${way}`;
    return {
      code: 'no-key',
      by,
      message: `${ids.length} document(s) have no key by ${asked.name} and ${instead}.`,
      ids,
    };
  });
}

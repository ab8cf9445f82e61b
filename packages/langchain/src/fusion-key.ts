import type { DocumentInterface } from '@langchain/core/documents';
import { SecondpassError, type Fusion } from '@secondpass/core';
import type { DocumentCandidate } from './document-candidate.ts';

/**
 * What tells documents apart when several lists become one: `'id'` (the document's own), `'content'` (its text, white
 * space aside), `{ field }` (a metadata field), or a function. A document that lacks it is known by its content.
 */
export type DocumentKey =
  | 'id'
  | 'content'
  | { readonly field: string }
  | ((document: DocumentInterface) => string | undefined);

interface NamedKey {
  readonly name: string;
  readonly of: (document: DocumentInterface) => string;
}

const contentOf = ({ pageContent }: DocumentInterface): string =>
  pageContent.normalize('NFC').replace(/\s+/gu, ' ').trim();

function readBy(name: string, read: (document: DocumentInterface) => unknown): NamedKey {
  return {
    name,
    of: (document) => {
      const value = read(document);
      // Two name spaces, so that an id never meets a text that reads the same.
      return value === undefined || value === null
        ? `content:${contentOf(document)}`
        : `key:${String(value as string)}`;
    },
  };
}

/** A key as a function and a name. Without one: ids where every document has one, else contents. */
export function documentKey(key: DocumentKey | undefined, documents: readonly DocumentInterface[]): NamedKey {
  if (key === undefined)
    return documentKey(documents.every(({ id }) => id !== undefined) ? 'id' : 'content', documents);
  if (key === 'id') return readBy('id', ({ id }) => id);
  if (key === 'content') return readBy('content', () => undefined);
  if (typeof key === 'function') return readBy('function', key);
  const field = (key as { readonly field?: unknown } | null)?.field;
  if (typeof field !== 'string' || field === '') {
    throw new SecondpassError(
      'invalid-argument',
      `key is ${JSON.stringify(key)}; it is 'id', 'content', { field: 'url' } or a function.`,
    );
  }
  return readBy(`metadata.${field}`, ({ metadata }) => (metadata as Record<string, unknown> | undefined)?.[field]);
}

const documentOf = (candidate: unknown): DocumentInterface => (candidate as DocumentCandidate).document;

export interface KeyedFusion extends Fusion {
  /** What told documents apart in the last call: `id`, `content`, `metadata.url`, `function`. */
  readonly keyName: () => string;
}

/** A fusion that tells documents apart by `key`, and says by what it did. */
export function keyedFusion(fusion: Fusion, key: DocumentKey | undefined): KeyedFusion {
  let said = '';
  return {
    name: fusion.name,
    keyName: () => said,
    fuse(pools, options) {
      const documents = pools.flatMap(({ candidates }) => candidates.map(documentOf));
      const { name, of } = documentKey(key, documents);
      said = name;
      return fusion.fuse(pools, { ...options, key: (candidate) => of(documentOf(candidate)) });
    },
  };
}

import { textOf, hasImages } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { normalForm } from '../maths/normal-form.ts';
import type { Candidate } from '../types.ts';
import type { FusionKey } from './pool.ts';

/** Reads the key of a candidate; `undefined` where it has none. An empty key is none: it says nothing that could be equal. */
export function keyReader<C extends Candidate>(key: FusionKey<C> = 'id'): (candidate: C) => string | undefined {
  if (key === 'id') return ({ id }) => id;
  if (key === 'content') return contentKey;
  if (typeof key === 'function') {
    return (candidate) => {
      const value: unknown = key(candidate);
      if (value === undefined || typeof value === 'string') return value || undefined;
      throw new SecondpassError(
        'invalid-argument',
        `The key function gave ${value === null ? 'null' : `a ${typeof value}`} for "${candidate.id}"; it must give a string, or undefined for "no key".`,
      );
    };
  }
  const field: unknown = (key as { readonly field?: unknown } | null)?.field;
  if (typeof field !== 'string' || field === '') {
    throw new SecondpassError(
      'invalid-argument',
      `key is ${JSON.stringify(key)}; it must be 'id', 'content', { field: 'metadata.url' } or a function.`,
    );
  }
  const path = field.split('.');
  return (candidate) => fieldKey(candidate, path);
}

/** What a candidate counts as: its key, or without one its id. */
export function identityReader<C extends Candidate>(key?: FusionKey<C>): (candidate: C) => string {
  const keyOf = keyReader(key);
  return (candidate) => identityOf(candidate, keyOf(candidate));
}

/** Two name spaces, so that an id never meets a key that happens to read the same. */
export function identityOf({ id }: Candidate, key: string | undefined): string {
  return key === undefined ? `id:${id}` : `key:${key}`;
}

/** Text as people would compare it: NFC, every run of white space one space. Images have no key. */
function contentKey({ content }: Candidate): string | undefined {
  if (hasImages(content)) return undefined;
  return normalForm(textOf(content), 'NFC').replace(/\s+/gu, ' ').trim() || undefined;
}

function fieldKey(candidate: object, path: readonly string[]): string | undefined {
  let value: unknown = candidate;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : String(value);
  return typeof value === 'string' ? value || undefined : undefined;
}

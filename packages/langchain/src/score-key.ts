import { saidIn } from './secondpass-metadata.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** Under which key the metadata that this package made has a score of its own. */
const keys = new WeakMap<Metadata, string>();

/** Remembers that the score under this key is this package's, without a mark in the metadata itself. */
export function rememberScore(metadata: Metadata, key: string): void {
  keys.set(metadata, key);
}

/**
 * Under which key this package has last written a score into this metadata, if the score is there still. A copy made by
 * others is known by what `metadata.secondpass` says; without that, the score of a copy is taken for somebody else's.
 */
export function scoreKeyOf(metadata: Metadata | undefined): string | undefined {
  if (!metadata) return undefined;
  const key: unknown = keys.get(metadata) ?? saidIn(metadata)?.scoreKey;
  return typeof key === 'string' && typeof metadata[key] === 'number' ? key : undefined;
}

/** Metadata without what stands under a key. A document may come without metadata. */
export function without(metadata: Metadata | undefined, key: string): Record<string, unknown> {
  const { [key]: _, ...others } = metadata ?? {};
  return others;
}

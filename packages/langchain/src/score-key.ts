import { secondpassKey, type SecondpassMetadata } from './secondpass-metadata.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** Under which key the metadata that this package made has a score of its own. */
const keys = new WeakMap<Metadata, string>();

/** Remembers that the score under this key is this package's, without a mark in the metadata itself. */
export function rememberScore(metadata: Metadata, key: string): void {
  keys.set(metadata, key);
}

/** True if the score under this key is this package's. A copy made by others is known by what it says of a score. */
export function hasOurScore(metadata: Metadata | undefined, key: string): boolean {
  if (typeof metadata?.[key] !== 'number') return false;
  const said = metadata[secondpassKey] as SecondpassMetadata | undefined;
  return keys.get(metadata) === key || said?.kind !== undefined || said?.sources !== undefined;
}

/** Metadata without what stands under a key. A document may come without metadata. */
export function without(metadata: Metadata | undefined, key: string): Record<string, unknown> {
  const { [key]: _, ...others } = metadata ?? {};
  return others;
}

import type { BaseNode } from '@llamaindex/core/schema';
import { SecondpassError, type FusionKey, type Note } from '@secondpass/core';
import type { NodeCandidate } from '../node-candidate.ts';

/** What tells nodes apart. A function that gives nothing for a node (or `''`) leaves it to be known by its `id_`. */
export type NodeKey = 'id' | 'content' | ((node: BaseNode) => string | undefined);

/**
 * The key as the core's fusions take it.
 * @param keyless is told the candidates for which a key function gives none
 */
export function keyReader(key: NodeKey | undefined, keyless: Set<string>): FusionKey<NodeCandidate> {
  if (key === 'content') return 'content';
  if (key === undefined || key === 'id') return nodeId;
  return (candidate) => {
    const value = keyBy(key, candidate.item.node);
    // Two name spaces, so that an id never meets a key that happens to read the same.
    if (value) return `key:${value}`;
    keyless.add(candidate.id);
    return `id:${nodeId(candidate)}`;
  };
}

function nodeId({ item }: NodeCandidate): string {
  const { id_: id } = item.node;
  return id;
}

/**
 * What a key function gives for a node; `undefined` for none.
 * @throws SecondpassError `failed` where it throws, `invalid-argument` where it gives what is no key
 */
function keyBy(key: (node: BaseNode) => unknown, node: BaseNode): string | undefined {
  const { id_: id } = node;
  let value: unknown;
  try {
    value = key(node) ?? undefined;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const fact = `key() failed for the node with id_ "${id}": ${why}.`;
    throw new SecondpassError('failed', `${fact} Let it give undefined for one without a key.`, { cause });
  }
  if (value === undefined || typeof value === 'string') return value;
  const fact = `key() gave a ${typeof value} for the node with id_ "${id}"`;
  throw new SecondpassError('invalid-argument', `${fact}; it must give a string, or undefined for no key.`);
}

/** A note of the nodes for which a key function gave none. */
export function noKeyNotes(keyless: ReadonlySet<string>): Note[] {
  if (keyless.size === 0) return [];
  const message = `${keyless.size} node(s) have no key by function and are told apart by their id_.`;
  return [{ code: 'no-key', by: 'DecompositionRetriever', message, ids: [...keyless] }];
}

import type { BaseNode } from '@llamaindex/core/schema';

/**
 * A copy of a node with other metadata. It is of the same class and shares all else with the node it came from, its
 * hash too: what is said of a node is not part of what it says. Where the framework's `clone()` rebuilds a node out of
 * JSON, and so knows its own classes and plain data alone, this takes any node. A private field of somebody's own class
 * is not copied.
 */
export function copyNode(node: BaseNode, metadata: Record<string, unknown>): BaseNode {
  const copy: BaseNode = Object.assign(Object.create(Object.getPrototypeOf(node)), node, { metadata });
  // The framework keeps the hash in a private field: without this, to read it on a copy throws.
  return Object.defineProperty(copy, 'hash', {
    get: () => node.hash,
    set(value: string) {
      Object.defineProperty(copy, 'hash', { value, writable: true });
    },
    configurable: true,
  });
}

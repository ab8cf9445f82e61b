import type * as FastCheckModule from 'fast-check';
import { loadOptionalPeer } from '../optional-peer.ts';

export type FastCheck = typeof FastCheckModule;

/** fast-check is an optional peer: it is needed where laws are run, and nowhere else. */
export function loadFastCheck(): Promise<FastCheck> {
  return loadOptionalPeer(() => import('fast-check'), 'fast-check', 'running the laws');
}

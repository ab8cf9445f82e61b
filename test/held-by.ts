import { getEventListeners } from 'node:events';

/**
 * What a signal holds: its listeners, and the signals that follow it by `AbortSignal.any`. Of those Node 20 keeps
 * a trace for as long as the signal lives, so a signal of a server's whole life would collect them.
 */
export function heldBy(signal: AbortSignal): number {
  const followers = Object.getOwnPropertySymbols(signal)
    .filter((key) => String(key).includes('DependantSignals'))
    .map((key) => (signal as unknown as Record<symbol, { readonly size: number } | null>)[key]?.size ?? 0);
  return getEventListeners(signal, 'abort').length + followers.reduce((sum, size) => sum + size, 0);
}

import type { Listener, TextVectors } from './vector-store.ts';

/**
 * What a call waits for: texts that others compute. One for all of them, since there may be many.
 *
 * @param hand told of the vectors of each text as they arrive
 */
export function waitingRoom(hand: (key: string, vectors: TextVectors) => void): {
  count: number;
  readonly hear: Listener;
  /** Resolves with the texts that were given up once nothing is waited for; rejects with what `hand` throws. */
  empty(): Promise<string[]>;
} {
  const givenUp: string[] = [];
  let settle: (() => void) | undefined;
  let failure: { readonly error: unknown } | undefined;
  const room = {
    count: 0,
    hear(key: string, vectors: TextVectors | undefined) {
      room.count--;
      if (!vectors) givenUp.push(key);
      try {
        if (vectors) hand(key, vectors);
      } catch (error) {
        failure ??= { error };
      }
      if (room.count === 0 || failure) settle?.();
    },
    async empty() {
      if (room.count > 0) await new Promise<void>((resolve) => (settle = resolve));
      if (failure) throw failure.error;
      return givenUp;
    },
  };
  return room;
}

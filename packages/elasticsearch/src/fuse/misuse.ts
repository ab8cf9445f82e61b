import { SecondpassError } from '@secondpass/core';

/** What a caller did wrong, seen within work that makes a note of whatever goes wrong in it. */
export interface MisuseWatch {
  /** The function, watched: what it throws is remembered if it is misuse. */
  readonly watched: <A, R>(work: (given: A) => R) => (given: A) => R;
  /** Runs the work, and throws the first misuse that was seen in it, if any. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

export function watchMisuse(): MisuseWatch {
  let misuse: unknown;
  return {
    watched: (work) => (given) => {
      try {
        return work(given);
      } catch (error) {
        if (isMisuse(error)) misuse ??= error;
        throw error;
      }
    },
    async during(work) {
      const done = await work().catch((error: unknown) => {
        throw misuse ?? error;
      });
      if (misuse !== undefined) throw misuse;
      return done;
    },
  };
}

export function isMisuse(error: unknown): boolean {
  return SecondpassError.isInstance(error) && error.code === 'invalid-argument';
}

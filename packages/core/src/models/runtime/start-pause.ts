/** Milliseconds. */
const firstMs = 1_000;
const longestMs = 300_000;

/** When something that could not be started may be started again: after pauses that double while it fails. */
export interface StartPause {
  /** True unless a start has failed since the last one that worked. */
  readonly over: boolean;
  /** True if the pause after the last failure has passed. */
  readonly passed: boolean;
  failed(): void;
  worked(): void;
}

/** Starts without a pause. The first failure makes one of 1 s; it grows up to 5 minutes, and what works ends it. */
export function startPause(): StartPause {
  let pause = 0;
  let until = -Infinity;
  const passed = (): boolean => performance.now() >= until;
  return {
    get over() {
      return pause === 0;
    },
    get passed() {
      return passed();
    },
    failed() {
      // Starts that fail together are one failure.
      if (!passed()) return;
      pause = pause === 0 ? firstMs : Math.min(pause * 2, longestMs);
      until = performance.now() + pause;
    },
    worked() {
      pause = 0;
      until = -Infinity;
    },
  };
}

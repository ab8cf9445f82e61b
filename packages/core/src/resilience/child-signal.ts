import { onAbort } from '../on-abort.ts';

/** A signal that can be aborted here, and that also aborts when the caller's does. */
export interface ChildSignal {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Lets go of the parent. Who makes a child signal calls this in `finally`: a long-lived parent collects no listeners. */
  release(): void;
}

export function childSignal(parent: AbortSignal | undefined): ChildSignal {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: onAbort(parent, follow),
  };
}

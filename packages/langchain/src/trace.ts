import { CallbackManager, type Callbacks } from '@langchain/core/callbacks/manager';

/**
 * Runs a piece of work as a child run, so that it stands in traces under its own name, with what went in, what came out
 * and how long it took. Where nobody traces, it just runs.
 */
export async function traced<T extends object>(
  name: string,
  callbacks: Callbacks | undefined,
  inputs: object,
  work: () => Promise<T>,
): Promise<T> {
  const manager = CallbackManager.configure(callbacks);
  if (!manager) return work();
  const serialized = { lc: 1, type: 'not_implemented' as const, id: ['secondpass', 'rerank'] };
  const run = await manager.handleChainStart(
    serialized,
    { ...inputs },
    undefined,
    undefined,
    undefined,
    undefined,
    name,
  );
  try {
    const done = await work();
    await run.handleChainEnd({ ...done });
    return done;
  } catch (error) {
    await run.handleChainError(error);
    throw error;
  }
}

/** Tells an observer. What it throws is ignored: it may watch, not steer. */
export function tell<T>(observer: ((value: T) => void) | undefined, value: T): void {
  try {
    observer?.(value);
  } catch {
    // Observers may not steer.
  }
}

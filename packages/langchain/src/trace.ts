import { CallbackManager, type Callbacks } from '@langchain/core/callbacks/manager';

/**
 * Runs a piece of work as a child run, so that it stands in traces under its own name, with what went in, what came out
 * and how long it took. Where nobody traces, it just runs.
 * @param work gives its value, and what the trace shows of it
 */
export async function traced<T>(
  name: string,
  callbacks: Callbacks | undefined,
  inputs: object,
  work: () => Promise<{ readonly shown: object; readonly value: T }>,
): Promise<T> {
  const manager = CallbackManager.configure(callbacks);
  if (!manager) return (await work()).value;
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
    const { shown, value } = await work();
    await run.handleChainEnd({ ...shown });
    return value;
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

import { CallbackManager, type Callbacks } from '@langchain/core/callbacks/manager';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { CallOptions } from '@secondpass/core';

const configKey: unique symbol = Symbol.for('secondpass.config');
type TracedCall = CallOptions & { readonly [configKey]?: RunnableConfig };

/**
 * Options of a call of the core with the config for the chat model at its end: the core hands options down as they are.
 * A symbol is no option name, so whoever checks names does not stumble over it.
 */
export function withConfig(call: CallOptions | undefined, config: RunnableConfig): CallOptions {
  return { ...call, [configKey]: config } as TracedCall;
}

/** The config that `withConfig` put there. */
export function configOf(call: CallOptions): RunnableConfig | undefined {
  return (call as TracedCall)[configKey];
}

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

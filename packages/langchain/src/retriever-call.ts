import type { CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import type { RunnableConfig } from '@langchain/core/runnables';

/** One call of a retriever: its run in the trace, and the config that it was called with, its signal among it. */
export interface RetrieverCall {
  readonly run?: CallbackManagerForRetrieverRun | undefined;
  readonly config: RunnableConfig;
}

/**
 * The config for what a retriever calls in turn: all of its own (`configurable`, `metadata`, `tags`, the signal), as a
 * child in the trace. What identifies and names this run stays with it.
 * @param signal goes before the call's own
 */
export function childConfig({ run, config }: RetrieverCall, name: string, signal?: AbortSignal): RunnableConfig {
  const { runId: _id, runName: _name, ...handedOn } = config;
  return { ...handedOn, ...(run && { callbacks: run.getChild(name) }), ...(signal && { signal }) };
}

// oxlint-disable no-underscore-dangle -- the framework's own name for what a retriever overrides.
import { untilAborted } from '@secondpass/core';
import { parseCallbackConfigArg, type CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import type { DocumentInterface } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import { ensureConfig, type RunnableConfig } from '@langchain/core/runnables';
import type { RetrieverCall } from './retriever-call.ts';

/** What every retriever of the framework takes. */
export const retrieverInputNames = ['callbacks', 'tags', 'metadata', 'verbose'] as const;

/** The config that a run was called with: the framework tells `_getRelevantDocuments` of the run alone. */
const configs = new WeakMap<CallbackManagerForRetrieverRun, RunnableConfig>();

/**
 * A retriever that obeys the `signal` and `timeout` in its config and hands the config on: the framework's own `invoke`
 * keeps it to itself.
 *
 * A subclass may override `_getRelevantDocuments`, as any retriever's. It hands `run` on to `super`, since by that the
 * call's config is known: without it, what is asked in turn sees neither `configurable` nor the signal.
 */
export abstract class SignalRetriever extends BaseRetriever {
  override lc_namespace: string[] = ['secondpass', 'retrievers'];

  /** Finds documents. Rejecting, or going on after an abort, is up to the work: the caller is freed at once. */
  protected abstract find(query: string, call: RetrieverCall): Promise<DocumentInterface[]>;

  override _getRelevantDocuments(query: string, run?: CallbackManagerForRetrieverRun): Promise<DocumentInterface[]> {
    return this.find(query, { run, config: (run && configs.get(run)) ?? {} });
  }

  /** The framework's own `invoke`, on a view of this retriever that knows this call's config. */
  override async invoke(query: string, options?: RunnableConfig): Promise<DocumentInterface[]> {
    const config: RunnableConfig = ensureConfig(parseCallbackConfigArg(options));
    const { signal, callbacks = [] } = config;
    const value = (input: string, run?: CallbackManagerForRetrieverRun): Promise<DocumentInterface[]> => {
      signal?.throwIfAborted();
      if (run) configs.set(run, config);
      return untilAborted(this._getRelevantDocuments(input, run), signal);
    };
    const view = Object.create(this, { _getRelevantDocuments: { value } }) as this;
    // An empty list of callbacks makes the framework give the call a run where nobody traces, too.
    return super.invoke.call(view, query, { ...config, callbacks });
  }
}

import { untilAborted } from '@secondpass/core';
import { parseCallbackConfigArg, type CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import type { DocumentInterface } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import { ensureConfig, type RunnableConfig } from '@langchain/core/runnables';

/** What every retriever of the framework takes. */
export const retrieverInputNames = ['callbacks', 'tags', 'metadata', 'verbose'] as const;

/**
 * A retriever that obeys the `signal` and `timeout` in its config: the framework's own `invoke` keeps both to itself and
 * hands `_getRelevantDocuments` neither.
 */
export abstract class SignalRetriever extends BaseRetriever {
  override lc_namespace: string[] = ['secondpass', 'retrievers'];

  /** Finds documents. Rejecting, or going on after an abort, is up to the work: the caller is freed at once. */
  protected abstract find(
    query: string,
    run: CallbackManagerForRetrieverRun | undefined,
    signal: AbortSignal | undefined,
  ): Promise<DocumentInterface[]>;

  override _getRelevantDocuments(query: string, run?: CallbackManagerForRetrieverRun): Promise<DocumentInterface[]> {
    return this.find(query, run, undefined);
  }

  /** The framework's own `invoke`, on a view of this retriever that knows this call's signal. */
  override async invoke(query: string, options?: RunnableConfig): Promise<DocumentInterface[]> {
    const config = ensureConfig(parseCallbackConfigArg(options));
    const { signal } = config as RunnableConfig;
    const value = (input: string, run?: CallbackManagerForRetrieverRun): Promise<DocumentInterface[]> => {
      signal?.throwIfAborted();
      return untilAborted(this.find(input, run, signal), signal);
    };
    const view = Object.create(this, { _getRelevantDocuments: { value } }) as this;
    return super.invoke.call(view, query, config);
  }
}

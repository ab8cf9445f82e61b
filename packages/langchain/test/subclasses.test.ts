// oxlint-disable no-underscore-dangle -- the framework's own name for what a retriever overrides.
import type { CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import type { RunnableConfig } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever, FusionRetriever, RerankingRetriever } from '../src/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';
import { hanging } from './small-retrievers.ts';
import { ConfigRetriever } from './config-retriever.ts';

const secret = new Document({ pageContent: 'secret', id: 'b', metadata: { readers: ['root'] } });
const open = new Document({ pageContent: 'open', id: 'a', metadata: { readers: ['root', 'guest'] } });
const may = (reader: string, found: DocumentInterface[]): DocumentInterface[] =>
  found.filter(({ metadata }) => (metadata['readers'] as string[]).includes(reader));

/** Each retriever of the package with a filter of its own, where LangChain documents that one goes. */
class FilteredReranking extends RerankingRetriever {
  readonly #reader = 'guest';
  override async _getRelevantDocuments(query: string, run?: CallbackManagerForRetrieverRun) {
    return may(this.#reader, await super._getRelevantDocuments(query, run));
  }
}
class FilteredFusion extends FusionRetriever {
  readonly #reader = 'guest';
  override async _getRelevantDocuments(query: string, run?: CallbackManagerForRetrieverRun) {
    return may(this.#reader, await super._getRelevantDocuments(query, run));
  }
}
class FilteredDecomposition extends DecompositionRetriever {
  readonly #reader = 'guest';
  override async _getRelevantDocuments(query: string, run?: CallbackManagerForRetrieverRun) {
    return may(this.#reader, await super._getRelevantDocuments(query, run));
  }
}
const filtered = (retriever = new ConfigRetriever([secret, open])) => [
  new FilteredReranking({ retriever, reranker: overlapReranker }),
  new FilteredFusion({ retrievers: [retriever] }),
  new FilteredDecomposition({ retrievers: retriever }),
];

describe('a subclass with a _getRelevantDocuments of its own', () => {
  it.each(filtered().map((retriever) => [retriever.constructor.name, retriever] as const))(
    'has it called, however it is asked: %s',
    async (_, retriever) => {
      const answers = [await retriever.invoke('secret'), ...(await retriever.batch(['secret']))];
      for await (const chunk of await retriever.stream('secret')) answers.push(chunk);
      answers.push(await retriever.pipe((found: DocumentInterface[]) => found).invoke('secret'));
      expect(answers).toHaveLength(4);
      for (const found of answers) expect(found.map(({ id }) => id)).toEqual(['a']);
    },
  );

  it('still has the config and the trace of the call, in calls that cross', async () => {
    for (const index of [0, 1, 2]) {
      const inner = new ConfigRetriever([secret, open]);
      const retriever = filtered(inner)[index]!;
      const collector = new RunCollectorCallbackHandler();
      const tenants = ['x', 'y'].map((tenant) => ({ configurable: { tenant }, callbacks: [collector] }));
      await Promise.all(tenants.map((config) => retriever.invoke('secret', config)));
      expect(inner.seen.map(({ configurable }) => configurable)).toEqual(tenants.map((one) => one.configurable));
      expect(collector.tracedRuns.map(({ child_runs }) => child_runs?.[0]?.name)).toEqual(
        Array(2).fill(inner.getName()),
      );
    }
  });

  it('is freed by the signal, its own work too', async () => {
    const retriever = new FilteredReranking({ retriever: hanging, reranker: overlapReranker });
    await expect(retriever.invoke('secret', { timeout: 20 })).rejects.toThrow(/abort/i);
    class Hanging extends RerankingRetriever {
      override _getRelevantDocuments(): Promise<DocumentInterface[]> {
        return new Promise(() => {});
      }
    }
    const own = new Hanging({ retriever: hanging, reranker: overlapReranker });
    await expect(own.invoke('secret', { timeout: 20 } as RunnableConfig)).rejects.toThrow(/abort/i);
  });
});

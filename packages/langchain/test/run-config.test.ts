import { Document } from '@langchain/core/documents';
import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import { RunnableLambda, RunnableSequence, type RunnableConfig } from '@langchain/core/runnables';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { describe, expect, it } from 'vitest';
import { DecompositionRetriever, FusionRetriever, RerankingRetriever } from '../src/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';
import { toolCall, ToolModel } from './tool-model.ts';
import { question } from './word-retriever.ts';

const documents = [new Document({ pageContent: 'a', id: 'a' }), new Document({ pageContent: 'b', id: 'b' })];

/** A first stage as a plain function, and the configs that it was called with. */
function byTenant() {
  const seen: RunnableConfig[] = [];
  const find = async (_query: string, config: RunnableConfig) => (seen.push(config), documents);
  return { seen, retriever: RunnableLambda.from(find) as unknown as BaseRetrieverInterface };
}
const kinds = {
  RerankingRetriever: (retriever: BaseRetrieverInterface) =>
    new RerankingRetriever({ retriever, reranker: overlapReranker }),
  FusionRetriever: (retriever: BaseRetrieverInterface) => new FusionRetriever({ retrievers: { one: retriever } }),
  DecompositionRetriever: (retriever: BaseRetrieverInterface) => new DecompositionRetriever({ retrievers: retriever }),
};
const config = { configurable: { tenant: 'x' }, metadata: { user: 'u' }, tags: ['t'] };

describe.each(Object.entries(kinds))('%s hands its config down', (_, make) => {
  it('configurable, metadata and tags, where nobody traces', async () => {
    const { seen, retriever } = byTenant();
    await make(retriever).invoke(question, config);
    expect(seen.length).toBeGreaterThan(0);
    for (const one of seen) expect(one).toMatchObject(config);
  });

  it('inside a chain', async () => {
    const { seen, retriever } = byTenant();
    await RunnableSequence.from([(input: string) => input, make(retriever)]).invoke(question, config);
    for (const one of seen) expect(one).toMatchObject({ configurable: { tenant: 'x' }, metadata: { user: 'u' } });
  });

  it('where somebody traces, with the parent but neither the id nor the name of the run', async () => {
    const { seen, retriever } = byTenant();
    const collector = new RunCollectorCallbackHandler();
    const runId = '11111111-1111-4111-8111-111111111111';
    await make(retriever).invoke(question, { ...config, callbacks: [collector], runName: 'mine', runId });
    for (const one of seen) expect(one).toMatchObject({ configurable: { tenant: 'x' } });
    const [run] = collector.tracedRuns;
    expect(collector.tracedRuns).toHaveLength(1);
    expect(run).toMatchObject({ name: 'mine', id: runId });
    const inner = run!.child_runs!.filter(({ name }) => name === 'RunnableLambda');
    expect(inner).toHaveLength(seen.length);
    for (const { id, tags, extra } of inner) {
      expect(id).not.toBe(runId);
      expect(tags).toContain('t');
      expect(extra).toMatchObject({ metadata: { user: 'u' } });
    }
  });
});

describe('a chat model that splits questions', () => {
  it('sees the config of the call too', async () => {
    const seen: RunnableConfig[] = [];
    class Model extends ToolModel {
      override invoke(...[input, options]: Parameters<ToolModel['invoke']>) {
        seen.push((options ?? {}) as RunnableConfig);
        return super.invoke(input, options);
      }
    }
    const decomposer = new Model(toolCall({ questions: ['When was Ada born?'] }));
    await new DecompositionRetriever({ retrievers: byTenant().retriever, decomposer }).invoke(question, config);
    expect(seen.length).toBeGreaterThan(0);
    for (const one of seen) expect(one).toMatchObject(config);
  });
});

// The retrievers of @secondpass/llamaindex: they extend the framework's own class, so it must be installed.
export { DecompositionRetriever, type DecompositionRetrieverOptions } from './decomposition-retriever.ts';
export type { NodeKey } from './node-key.ts';
export { RerankingRetriever, type RerankingRetrieverOptions } from './reranking-retriever.ts';

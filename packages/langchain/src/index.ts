// The table of contents of @secondpass/langchain.
export { SecondpassCompressor, type SecondpassCompressorOptions } from './secondpass-compressor.ts';
export { RerankingRetriever, type RerankingRetrieverOptions } from './reranking-retriever.ts';
export { FusionRetriever, type FusionRetrieverOptions } from './fusion-retriever.ts';
export { DecompositionRetriever } from './decomposition-retriever.ts';
export type { DecompositionRetrieverOptions } from './decomposition-options.ts';
export type { DocumentKey } from './fusion-key.ts';
export type { Retrievers } from './first-stage.ts';
export type { DocumentRerankOptions } from './rerank-options.ts';
export type { DocumentText } from './document-text.ts';
export type { DocumentSource, PlainNote, SecondpassMetadata } from './secondpass-metadata.ts';
export { languageModel, type LanguageModelOptions } from './language-model.ts';

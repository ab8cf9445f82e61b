// The table of contents of @secondpass/ai-sdk.
export { rerankingModel, type RerankingModelOptions } from './reranking-model.ts';
export type { JsonText } from './document-candidate.ts';
export { languageModel, type LanguageModelOptions } from './language-model.ts';
export type {
  GenerateAnswer,
  GeneratingModel,
  Json,
  JsonDocument,
  RerankAnswer,
  RerankCall,
  RerankingModel,
} from './specification.ts';

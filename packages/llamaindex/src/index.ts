// The table of contents of @secondpass/llamaindex. Types aside, nothing here needs the framework; what extends its
// classes is in `@secondpass/llamaindex/retrievers`.
export { SecondpassPostprocessor, type SecondpassPostprocessorOptions } from './secondpass-postprocessor.ts';
export { languageModel, type LanguageModelOptions } from './language-model.ts';
export { questionGenerator, type QuestionGenerator, type QuestionGeneratorOptions } from './question-generator.ts';
export type { SecondpassMetadata } from './node-candidate.ts';
export type { NodeRerankOptions } from './node-options.ts';

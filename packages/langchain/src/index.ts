// The table of contents of @secondpass/langchain.
export { SecondpassCompressor, type SecondpassCompressorOptions } from './secondpass-compressor.ts';
export type { DocumentText } from './document-text.ts';

// The parts of the AI SDK's provider specifications that this package fills or reads, as the versions 3 (AI SDK 6) and
// 4 (AI SDK 7) have them. Written down here so that neither the SDK nor its provider package need be installed for
// types.

export type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonDocument = Readonly<Record<string, unknown>>;

export interface RerankCall {
  documents: { type: 'text'; values: string[] } | { type: 'object'; values: JsonDocument[] };
  query: string;
  topN?: number | undefined;
  abortSignal?: AbortSignal | undefined;
}
export interface RerankAnswer {
  ranking: { index: number; relevanceScore: number }[];
  providerMetadata: { secondpass: { [key: string]: Json } };
  warnings: { type: 'other'; message: string }[];
  response: { timestamp: Date; modelId: string };
}

/** What `rerank({ model })` takes. */
export interface RerankingModel<Specification extends 'v3' | 'v4' = 'v3'> {
  readonly specificationVersion: Specification;
  readonly provider: string;
  readonly modelId: string;
  doRerank(call: RerankCall): Promise<RerankAnswer>;
}

/** The least of a language model of the specifications 2, 3 and 4 that generating text needs. */
export interface GeneratingModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: never): PromiseLike<GenerateAnswer>;
}
export interface GenerateAnswer {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly usage?: unknown;
  readonly providerMetadata?: unknown;
}

// The table of contents of @secondpass/elasticsearch.

// A client with `rerank` in its searches.
export { createRerankingClient, type RerankingClientOptions } from './client/create-reranking-client.ts';
export type { RerankedResponse, RerankingClient } from './client/reranking-client.ts';
export type { Hit, SearchClient, SearchParams, WithMeta } from './client/search-client.ts';

// How hits are reranked, and what is said of them.
export { rerankHits, type RerankHitsOptions } from './hits/rerank-hits.ts';
export type { RerankParams, RerankSettings } from './hits/rerank-options.ts';
export type { HitDetail, RerankedHit, RerankedHits, RerankSummary } from './hits/hit-detail.ts';
export type { TextSource } from './text/text-source.ts';
export type { Blend, BlendParts, FusionBlend, RescoreBlend } from './hits/blend.ts';
export type { DecayShape } from './hits/decay.ts';
export type { DateSignal, NumberSignal, SignalSource } from './hits/signals.ts';

// Several searches, one list.
export type { FusedOptions } from './fuse/fused-options.ts';
export type { FusedParams, FusedPart } from './fuse/fused-search.ts';
export type { FusedResponse, SearchReport } from './fuse/fused-response.ts';
export type { DecomposedParams, DecomposedResponse } from './fuse/decomposed-search.ts';
export type { PointInTime } from './fuse/point-in-time.ts';

// A model on the cluster as a reranker.
export { elasticInference, type ElasticInferenceOptions } from './inference/elastic-inference.ts';

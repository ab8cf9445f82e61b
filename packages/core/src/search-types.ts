// What searching speaks of: a question in parts, where evidence comes from, and the language model that may help. What
// may be absent may be `undefined`, as in types.ts.
import type { Answer, CallOptions, Candidate, Content, Ranking, RerankOptions, Score } from './types.ts';

/** A part of a question. `#1` in its text stands for the answer to the first part, if it needs that. */
export interface SubQuestion {
  readonly text: string;
  /** How much it counts beside the others, at least 0. Default 1. */
  readonly weight?: number | undefined;
  /** Indices, from 0, of earlier parts whose answers it needs. */
  readonly needs?: readonly number[] | undefined;
}
export interface Decomposer {
  readonly name: string;
  decompose(question: Content, options?: CallOptions): Promise<Answer<readonly SubQuestion[]>>;
}

/** First-stage retrieval, as the decomposition room sees it. A LangChain or LlamaIndex retriever or an Elasticsearch query becomes one. */
export interface Retriever<C extends Candidate = Candidate> {
  readonly name: string;
  /** What is found for a query, best first. `limit`: how many are wanted at most; what is beyond may be dropped. */
  retrieve(query: Content, options?: CallOptions & { readonly limit?: number | undefined }): Promise<readonly C[]>;
}

/** Where a fused candidate was seen: pool (retriever or sub-question), 1-based rank, first-stage score. */
export interface Source {
  readonly pool: string;
  readonly rank: number;
  readonly score?: Score | undefined;
}
export interface FusedCandidate<C extends Candidate = Candidate> extends Candidate {
  readonly origin: C;
  readonly sources: readonly Source[];
}

/** Question in, evidence out: decompose, gather, fuse, rerank. Not a reranker, since nobody hands it candidates. */
export interface Found<C extends Candidate = Candidate> extends Ranking<FusedCandidate<C>> {
  readonly parts: readonly SubQuestion[];
  /** By part, where an answerer was given; `undefined` for what it did not know or was not asked. */
  readonly answers?: readonly (string | undefined)[] | undefined;
  readonly hops?:
    | readonly { readonly query: string; readonly because?: string | undefined; readonly found: number }[]
    | undefined;
}
export interface Searcher<C extends Candidate = Candidate> {
  readonly name: string;
  search(question: Content, options?: RerankOptions): Promise<Found<C>>;
}

/** A chat model, as little of it as we need. Adapters and the OpenAI-compatible client make one. */
export interface LanguageModel {
  readonly name: string;
  generate(
    request: {
      readonly system?: string | undefined;
      readonly prompt: Content;
      /** JSON Schema of the answer, where the model can be held to one. */
      readonly schema?: object | undefined;
      readonly maxTokens?: number | undefined;
      /** Ask for the log-probabilities of the k likeliest first tokens. */
      readonly topLogprobs?: number | undefined;
    },
    options?: CallOptions,
  ): Promise<
    Answer<{
      readonly text: string;
      readonly firstTokens?: readonly { readonly token: string; readonly logprob: number }[] | undefined;
    }>
  >;
}

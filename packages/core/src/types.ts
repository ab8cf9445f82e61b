// What may be absent may be `undefined`: a scorer, reranker or retriever of yours writes what it may not know as it is.

/** Text, or an ordered mix of text and images. A bare string is the common case. */
export type Content = string | readonly Part[];
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly data: Uint8Array | URL };

/** Row-major float matrix. Say the shape in words wherever one is passed: `[tokens, dim]`. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/**
 * What a number means. Scores compare only if `kind` and `by` match; logit -> probability converts.
 *   logit        unbounded; 0 is the model's point of indifference
 *   probability  in [0, 1]
 *   similarity   cosine or MaxSim: the scale belongs to the model
 *   retrieval    first-stage score (BM25, kNN)
 *   fused        rank fusion, blends, learned models: only the order means anything
 */
export type ScoreKind = 'logit' | 'probability' | 'similarity' | 'retrieval' | 'fused';
export interface Score {
  readonly value: number;
  readonly kind: ScoreKind;
  /** Who gave it: the name of a scorer, a retriever or a fusion. */
  readonly by: string;
}

/**
 * One thing to be ranked. Callers may add fields of their own (the Document, the Node, the Hit):
 * rerankers are generic in the candidate, so they hand those back, typed, unseen and untouched.
 */
export interface Candidate {
  /** Names it in notes and fusions. A note tells of two with the same one; both are kept. */
  readonly id: string;
  /** What scorers read. */
  readonly content: Content;
  /** First-stage score, if the retriever gave one. */
  readonly score?: Score | undefined;
  /** Named numbers for learned models and blends: `bm25`, `ageDays`, `clicks`. Absent is not 0. */
  readonly signals?: Readonly<Record<string, number | undefined>> | undefined;
  /** Precomputed embedding(s): `[1, dim]` for one vector, `[tokens, dim]` for late interaction. */
  readonly vectors?: Matrix | undefined;
}

/** A candidate in its place. Array order is the ranking; there is no rank field to disagree. */
export interface Ranked<C extends Candidate = Candidate> {
  readonly candidate: C;
  /** Index in the list given to the call that returned this. */
  readonly originalIndex: number;
  /** Who put it here. Absent: nobody moved it, it stands where it came in (a window's tail). */
  readonly placedBy?: string | undefined;
  /** The score that put it here, so always `placedBy`'s. Absent when only an order was given. */
  readonly score?: Score | undefined;
  /** Scores from earlier stages, oldest first. For people and logs; not for sorting. */
  readonly earlier?: readonly Score[] | undefined;
  /** What the scorer that placed it can say beyond the number. */
  readonly detail?: ScoreDetail | undefined;
}

/** Beside a score: its raw logit, the passage that earned it (character offsets), and its score per part of a question. */
export interface ScoreDetail {
  readonly logit?: number | undefined;
  readonly passage?: { readonly start: number; readonly end: number } | undefined;
  readonly parts?: readonly (Score | undefined)[] | undefined;
}

/** Anything that made the ranking less than what was asked for. Never an exception, never silent. */
export interface Note {
  readonly code:
    | 'truncated'
    | 'unscored'
    | 'timed-out'
    | 'fell-back'
    | 'malformed-answer'
    | 'unsupported-content'
    | 'duplicate-id'
    | 'no-overlap'
    | 'retriever-failed'
    | 'part-dropped'
    | 'device-fallback'
    | 'worker-lost'
    | 'licence'
    | (string & {});
  readonly by: string;
  readonly message: string;
  readonly ids?: readonly string[] | undefined;
  /**
   * The error behind it, as it was thrown. That of another's client may hold its request, headers and key among it: leave
   * it out where notes are sent on or logged as JSON.
   */
  readonly cause?: unknown;
}

export interface Ranking<C extends Candidate = Candidate> {
  readonly results: readonly Ranked<C>[];
  readonly notes: readonly Note[];
  /** What ran, in order: who, for how long, which model on which device. */
  readonly runs: readonly Run[];
}
export interface Run {
  readonly by: string;
  readonly durationMs: number;
  readonly model?: string | undefined;
  readonly revision?: string | undefined;
  readonly device?: string | undefined;
  readonly precision?: string | undefined;
  readonly usage?: Usage | undefined;
}

export type RerankEvent =
  | { readonly type: 'rerank-start'; readonly by: string; readonly candidates: number }
  | { readonly type: 'rerank-progress'; readonly by: string; readonly done: number; readonly total: number }
  | {
      readonly type: 'rerank-end';
      readonly by: string;
      readonly durationMs: number;
      readonly usage?: Usage | undefined;
    };
export interface Usage {
  readonly pairs?: number | undefined;
  /** Scores that came from a cache; they are not among `pairs`. */
  readonly cached?: number | undefined;
  readonly tokens?: number | undefined;
  readonly calls?: number | undefined;
}
/** What a leaf hands up: its answer, and what the layers above should tell the caller. */
export interface Answer<T> {
  readonly value: T;
  readonly notes?: readonly Note[] | undefined;
  readonly run?: Run | undefined;
}
/** Scores in input order, with what there is to say beside them. */
export interface Scored {
  readonly scores: ArrayLike<number | undefined>;
  readonly details?: ArrayLike<ScoreDetail | undefined> | undefined;
}

/** What travels down through every layer unchanged. `| undefined` so that it can be passed on as is. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Absolute, in `Date.now()` milliseconds, so that nesting never restarts the clock. */
  readonly deadline?: number | undefined;
  /** Observes; may not steer. What it throws is ignored. */
  readonly onEvent?: ((event: RerankEvent) => void) | undefined;
}

export interface RerankOptions extends CallOptions {
  /** Keep the best k. Default: all. */
  readonly topK?: number | undefined;
  /** Drop results scored below. A kind that cannot be met is an error, not a guess. */
  readonly minScore?: { readonly kind: ScoreKind; readonly value: number } | undefined;
}

/**
 * THE type. Takes a list, returns (part of) the same list in a better order.
 * Laws, checked by `testReranker`: returns each input at most once and nothing else; ties keep
 * their input order; within one `placedBy` scores never rise; `topK` is a prefix; nothing passed
 * in is mutated; `[]` in is `[]` out; an aborted signal rejects.
 */
export interface Reranker {
  /** Stands in `placedBy`, notes and runs; by it a score is told from another's. */
  readonly name: string;
  /** Generic, so that callers get their own type of candidates back: one of yours is declared just so, `<C>` and all. */
  rerank<C extends Candidate>(query: Content, candidates: readonly C[], options?: RerankOptions): Promise<Ranking<C>>;
}

/** Leaf kind 1: gives numbers. Cross-encoders, late interaction, PRF, learned models, LLM yes/no. */
export interface Scorer {
  /** Stands in `placedBy`, notes and runs; by it a score is told from another's. */
  readonly name: string;
  /** What its numbers mean. In a class: `readonly kind = 'logit'`, since without `readonly` it is any text. */
  readonly kind: ScoreKind;
  /** True if a score depends on (query, candidate) alone. Only then may it be cached or split. */
  readonly pointwise: boolean;
  /** One score per candidate, in input order; `undefined` is "could not say"; NaN is a bug. */
  score(query: Content, candidates: readonly Candidate[], options?: CallOptions): Promise<Answer<Scored>>;
}

/** Leaf kind 2: orders a short list. Pairwise is `maxLength: 2`, setwise 3 to 8, listwise 20 or so. */
export interface ListRanker {
  readonly name: string;
  readonly maxLength: number;
  /** Indices into `list`, best first. May be partial: what it leaves out keeps its order, below. */
  order(query: Content, list: readonly Candidate[], options?: CallOptions): Promise<Answer<readonly number[]>>;
}

/** Something that holds weights, workers or a socket. Wrappers never own: who loaded it disposes of it. */
export interface Loaded {
  readonly run: Run;
  /** Lets go of all of it; every call waits for the end. In a worker thread of your own: before that is terminated. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

import type { DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInput, BaseRetrieverInterface } from '@langchain/core/retrievers';
import { checkInteger, checkOptionNames, checkRetrieval, gather, reciprocalRank, tell } from '@secondpass/core';
import type { Fusion, Note, Retriever } from '@secondpass/core';
import type { DocumentCandidate } from './document-candidate.ts';
import { documentSources, everything, firstStage, namedRetrievers, type Retrievers } from './first-stage.ts';
import { keyedFusion, type DocumentKey, type KeyedFusion } from './fusion-key.ts';
import type { RetrieverCall } from './retriever-call.ts';
import { retrieverInputNames, SignalRetriever } from './signal-retriever.ts';
import { writeDocuments } from './write-documents.ts';

export interface FusionRetrieverOptions extends BaseRetrieverInput {
  /** Two or more retrievers over the same documents, by name (`{ bm25, vectors }`) or as a list. */
  readonly retrievers: Retrievers;
  /** Any fusion of the core. Default: `reciprocalRank()`, k = 60. */
  readonly fusion?: Fusion | undefined;
  /** What tells documents apart. Default: their ids where every document has one, else their contents. */
  readonly key?: DocumentKey | undefined;
  /** Weight of each retriever by name. Default: 1. */
  readonly weights?: Readonly<Record<string, number | undefined>> | undefined;
  /** The metadata key of the retrievers' own scores, for fusions of scores such as `combSum()`. Default: none. */
  readonly scoreFrom?: string | undefined;
  /** Keep the best n. Default: all. */
  readonly topN?: number | undefined;
  /** The metadata key of the fused score. Default: `relevanceScore`. */
  readonly scoreKey?: string | undefined;
  /** How many documents each retriever may bring. Default: all it finds. */
  readonly depth?: number | undefined;
  /**
   * How long each retriever is waited for, in milliseconds. One that fails costs its own documents. Default: 30,000.
   */
  readonly timeoutMs?: number | undefined;
  /** Told of every note: a retriever that failed, lists that share nothing, documents without the key. */
  readonly onNote?: ((note: Note) => void) | undefined;
}

const optionNames = [
  'retrievers',
  'fusion',
  'key',
  'weights',
  'scoreFrom',
  'topN',
  'scoreKey',
  'depth',
  'timeoutMs',
  'onNote',
];

/**
 * Asks several retrievers at once and makes one list of theirs. Each document appears once, as the first retriever that
 * brought it returned it; `metadata.secondpass.sources` says who else did, at which rank, and `key` by what they were
 * told apart. A retriever that fails or is late is a note, not a failure, as long as another one answers.
 */
export class FusionRetriever extends SignalRetriever {
  readonly #options: FusionRetrieverOptions;
  readonly #retrievers: ReadonlyMap<string, BaseRetrieverInterface>;

  static override lc_name(): string {
    return 'FusionRetriever';
  }

  constructor(options: FusionRetrieverOptions) {
    super(options);
    checkOptionNames(options, [...optionNames, ...retrieverInputNames], 'FusionRetriever');
    checkInteger('topN', options.topN, 0);
    checkInteger('timeoutMs', options.timeoutMs, 1);
    checkInteger('depth', options.depth, 1);
    this.#options = options;
    this.#fusion();
    this.#retrievers = namedRetrievers(options.retrievers);
    checkRetrieval(this.#firstStage({ config: {} }), { weights: options.weights });
  }

  /** The fusion for one call, since it remembers by what documents were known. */
  #fusion(): KeyedFusion {
    return keyedFusion(this.#options.fusion ?? reciprocalRank(), this.#options.key);
  }

  #firstStage(call: RetrieverCall): Retriever<DocumentCandidate>[] {
    const { scoreFrom } = this.#options;
    return firstStage(this.#retrievers, call, { text: ({ pageContent }) => pageContent, scoreFrom });
  }

  protected override async find(query: string, call: RetrieverCall): Promise<DocumentInterface[]> {
    const { weights, depth, timeoutMs, onNote } = this.#options;
    const names = [...this.#retrievers.keys()];
    const fusion = this.#fusion();
    const { pools, notes } = await gather(query, [], this.#firstStage(call), {
      signal: call.config.signal,
      depthPerPart: depth ?? everything,
      timeoutMs,
      weights,
    });
    const fused = fusion.fuse(pools);
    const results = fused.candidates.map((candidate, originalIndex) => ({
      candidate,
      originalIndex,
      placedBy: fusion.name,
      ...(candidate.score && { score: candidate.score }),
    }));
    const written = writeDocuments(
      this.#options,
      fusion.name,
      results,
      [...notes, ...fused.notes],
      ({ origin, sources }) => ({
        document: origin.document,
        about: { key: fusion.knownBy(origin), sources: documentSources(sources, names, query, []) },
      }),
    );
    for (const note of written.notes) tell(onNote, note);
    return written.documents;
  }
}

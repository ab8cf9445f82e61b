import type { DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import { SecondpassError, type Content, type Retriever, type Source, type SubQuestion } from '@secondpass/core';
import { toCandidates, withScore, type DocumentCandidate } from './document-candidate.ts';
import { childConfig, type RetrieverCall } from './retriever-call.ts';
import type { DocumentSource } from './secondpass-metadata.ts';

/** A depth that keeps all: the framework's retrievers know themselves how many to bring. */
export const everything: number = Number.MAX_SAFE_INTEGER;

/** Retrievers by name, or a list that is named for its classes. */
export type Retrievers =
  | BaseRetrieverInterface
  | readonly BaseRetrieverInterface[]
  | Readonly<Record<string, BaseRetrieverInterface>>;

/** Every retriever with a name of its own: `VectorStoreRetriever`, `VectorStoreRetriever 2`. */
export function namedRetrievers(retrievers: Retrievers): ReadonlyMap<string, BaseRetrieverInterface> {
  const isOne = typeof (retrievers as BaseRetrieverInterface | undefined)?.invoke === 'function';
  const list = isOne ? [retrievers as BaseRetrieverInterface] : retrievers;
  const named = new Map<string, BaseRetrieverInterface>();
  for (const [key, retriever] of Object.entries(list ?? {})) {
    if (typeof retriever?.invoke !== 'function') {
      throw new SecondpassError(
        'invalid-argument',
        `retrievers[${JSON.stringify(key)}] is no retriever: it has no invoke().`,
      );
    }
    const own = Array.isArray(list) ? ((retriever as { getName?: () => string }).getName?.() ?? 'retriever') : key;
    let name = own;
    for (let count = 2; named.has(name); count++) name = `${own} ${count}`;
    named.set(name, retriever);
  }
  if (named.size === 0)
    throw new SecondpassError('invalid-argument', 'There is no retriever to ask; pass one, or several.');
  return named;
}

/**
 * The framework's retrievers as the core's, for one call: they take part in its trace, see its config and end with its
 * signal.
 */
export function firstStage(
  retrievers: ReadonlyMap<string, BaseRetrieverInterface>,
  call: RetrieverCall,
  read: { readonly text: (document: DocumentInterface) => Content; readonly scoreFrom?: string | undefined },
): Retriever<DocumentCandidate>[] {
  let seen = 0;
  return [...retrievers].map(([name, retriever]) => ({
    name,
    async retrieve(query, options) {
      const documents = await retriever.invoke(query as string, childConfig(call, name, options?.signal));
      const candidates = toCandidates(documents, read.text, seen);
      seen += documents.length;
      return candidates.map((candidate) => withScore(candidate, name, read.scoreFrom));
    },
  }));
}

/** Where a fused document was seen, in words of the framework: pools are named `retriever`, or `retriever #part`. */
export function documentSources(
  sources: readonly Source[],
  names: readonly string[],
  question: string,
  parts: readonly SubQuestion[],
): DocumentSource[] {
  const pools = new Map<string, { readonly retriever: string; readonly question: string }>();
  for (const retriever of names) {
    for (const [index, { text }] of parts.entries())
      pools.set(`${retriever} #${index + 1}`, { retriever, question: text });
  }
  for (const retriever of names) pools.set(retriever, { retriever, question });
  return sources.map(({ pool, rank, score }) => ({
    ...(pools.get(pool) ?? { retriever: pool }),
    rank,
    ...(score && { score: score.value }),
  }));
}

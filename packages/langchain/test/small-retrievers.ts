import { Document, type DocumentInterface } from '@langchain/core/documents';
import type { BaseRetrieverInterface } from '@langchain/core/retrievers';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeRetriever } from '@langchain/core/utils/testing';

/** Retrievers that give what they are told, fail, or never answer. */
export const gives = (...output: Document[]): FakeRetriever => new FakeRetriever({ output });
export const failing = RunnableLambda.from((): DocumentInterface[] => {
  throw new Error('index is gone');
}) as unknown as BaseRetrieverInterface;
export const hanging = RunnableLambda.from(
  (): Promise<DocumentInterface[]> => new Promise(() => {}),
) as unknown as BaseRetrieverInterface;

export const document = (pageContent: string, metadata: Record<string, unknown> = {}, id?: string): Document =>
  new Document({ pageContent, metadata, ...(id !== undefined && { id }) });
export const texts = (found: readonly DocumentInterface[]): string[] => found.map(({ pageContent }) => pageContent);

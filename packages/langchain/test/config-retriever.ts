import type { DocumentInterface } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import type { RunnableConfig } from '@langchain/core/runnables';

/** Gives what it is told, and remembers the config of each call, as a retriever that searches by tenant does. */
export class ConfigRetriever extends BaseRetriever {
  lc_namespace = ['test'];
  readonly seen: RunnableConfig[] = [];
  readonly #output: DocumentInterface[];

  static override lc_name(): string {
    return 'ConfigRetriever';
  }

  constructor(output: DocumentInterface[]) {
    super();
    this.#output = output;
  }

  override _getRelevantDocuments(): Promise<DocumentInterface[]> {
    return Promise.resolve(this.#output);
  }

  override invoke(query: string, config: RunnableConfig = {}): Promise<DocumentInterface[]> {
    this.seen.push(config);
    return super.invoke(query, config);
  }
}

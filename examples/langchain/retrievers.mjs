// Two first-stage retrievers of the framework, over the same passages: words (MiniSearch, BM25) and vectors.
import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { Embeddings } from '@langchain/core/embeddings';
import { BaseRetriever } from '@langchain/core/retrievers';
import MiniSearch from 'minisearch';
import { embed, passages } from '../passages.mjs';

const documents = passages.map(({ id, title, text }) => new Document({ id, pageContent: text, metadata: { title } }));

class WordRetriever extends BaseRetriever {
  lc_namespace = ['example'];
  index = new MiniSearch({ fields: ['title', 'text'] });

  constructor(k) {
    super();
    this.k = k;
    this.index.addAll(passages);
  }

  async _getRelevantDocuments(query) {
    const hits = this.index.search(query).slice(0, this.k);
    return hits.map(({ id }) => documents.find((document) => document.id === id));
  }
}

class LocalEmbeddings extends Embeddings {
  constructor() {
    super({});
  }
  embedQuery = async (text) => embed(text);
  embedDocuments = async (texts) => texts.map(embed);
}

export const bm25 = new WordRetriever(8);
const store = await MemoryVectorStore.fromDocuments(documents, new LocalEmbeddings());
export const vectors = store.asRetriever(8);

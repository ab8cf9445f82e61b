// The AI SDK's own rerank() with a model that runs here: no key, no network.
import { loadReranker } from '@secondpass/core/models';
import { rerankingModel } from '@secondpass/ai-sdk';
import { rerank } from 'ai';
import MiniSearch from 'minisearch';
import { passages } from '../passages.mjs';

const question = 'Who broke the code of the rotor machine first?';
const index = new MiniSearch({ fields: ['title', 'text'], storeFields: ['title', 'text'] });
index.addAll(passages);
const documents = index
  .search(question)
  .slice(0, 8)
  .map(({ id, title, text }) => ({ id, title, text }));
console.log(`${question}\n\nMiniSearch found: ${documents.map(({ id }) => id).join(', ')}\n`);

const reranker = await loadReranker();
const model = rerankingModel(reranker, { text: ['title', 'text'] });
const { ranking, response } = await rerank({ model, query: question, documents, topN: 3 });
for (const { score, document } of ranking)
  console.log(`${score.toFixed(3)}  ${document.id.padEnd(10)} ${document.text}`);
console.log(`\nReranked by ${response.modelId}.`);
await reranker.dispose();

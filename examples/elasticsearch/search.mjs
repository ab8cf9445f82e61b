// Elasticsearch on any licence: hybrid, decomposed and reranked search over the documentation of the installed packages.
//   npm run elasticsearch        (in another terminal; or take a cluster of yours)
//   node examples/elasticsearch/search.mjs [http://127.0.0.1:9200]
import { Client } from '@elastic/elasticsearch';
import { decomposeByRules } from '@secondpass/core';
import { loadReranker } from '@secondpass/core/models';
import { createRerankingClient } from '@secondpass/elasticsearch';
import { readDocuments } from './documents.mjs';
import { embed } from './embed.mjs'; // stands for your embedding model

const index = 'secondpass-example';
const node = process.argv[2] ?? 'http://127.0.0.1:9200';
const elasticsearch = new Client({ node });
await elasticsearch.info().catch(({ message }) => {
  console.error(`No Elasticsearch answers at ${node} (${message}). Start one: npm run elasticsearch`);
  process.exit(1);
});
const reranker = await loadReranker();
const client = createRerankingClient(elasticsearch, { reranker, text: ['title', 'body'], window: 30 });

// 1. Index.
const text = { type: 'text' };
const vector = { type: 'dense_vector', dims: 64, index: true, similarity: 'cosine' };
await client.indices.delete({ index, ignore_unavailable: true });
await client.indices.create({ index, mappings: { properties: { title: text, body: text, vector } } });
const documents = readDocuments();
const operations = documents.flatMap((doc) => [{ index: {} }, { ...doc, vector: embed(`${doc.title} ${doc.body}`) }]);
await client.bulk({ index, operations, refresh: true });
console.log(`${documents.length} passages indexed.`);

// 2. Reranked: add `rerank` to the search you have.
const lexical = (question) => ({ query: { multi_match: { query: question, fields: ['title', 'body'] } } });
const question = 'How can I limit how many promises run at once?';
show('Reranked', await client.search({ index, ...lexical(question), size: 3, rerank: {} }));

// 3. Hybrid: several searches fused in one round trip, then reranked.
const knn = { field: 'vector', query_vector: embed(question), k: 50, num_candidates: 100 };
const searches = [
  { name: 'words', ...lexical(question) },
  { name: 'vectors', weight: 0.5, knn },
];
show('Hybrid', await client.fusedSearch({ index, searches, size: 3, rerank: {} }));

// 4. Decomposed: a question in parts, each with its share of the list.
const twofold = 'How can I test types in vitest, and how can I mock a module?';
const parts = { question: twofold, decomposer: decomposeByRules(), template: lexical };
show('Decomposed', await client.decomposedSearch({ index, ...parts, size: 4, rerank: {} }));

await client.indices.delete({ index });
await client.close();
await reranker.dispose();

function show(kind, { hits, rerank, parts }) {
  console.log(`\n${kind}: ${rerank.scored} hits reranked in ${rerank.took} ms on ${rerank.device}`);
  for (const part of parts ?? []) console.log(`  part: ${part.text}`);
  for (const { _score, _source, _secondpass } of hits.hits) {
    console.log(`  ${_score.toFixed(3)} (was ${_secondpass.firstStage.place}.) ${_source.title}`);
  }
}

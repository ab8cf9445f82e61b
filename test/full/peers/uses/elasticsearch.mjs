// The wrapped client over HTTP, against a loopback stand-in that answers what a cluster would. `--serverless` sets its mode.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Client } from '@elastic/elasticsearch';
import { createRerankingClient } from '@secondpass/elasticsearch';
import { dying, query, reranker, texts } from './word-overlap.mjs';

const mode = process.argv.includes('--serverless') ? { serverMode: 'serverless' } : {};
const hits = texts.map((body, index) => ({ _index: 'docs', _id: `h${index}`, _score: 3 - index, _source: { body } }));
const answer = { took: 1, timed_out: false, _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } };
const server = createServer((request, response) => {
  const response1 = { ...answer, hits: { total: { value: 3, relation: 'eq' }, max_score: 3, hits }, status: 200 };
  const body = request.url.includes('_msearch') ? { took: 1, responses: [response1, response1] } : response1;
  response.writeHead(200, {
    'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
    'x-elastic-product': 'Elasticsearch',
  });
  request.resume().on('end', () => response.end(JSON.stringify(body)));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const inner = new Client({ node: `http://127.0.0.1:${server.address().port}`, maxRetries: 0, ...mode });
const client = createRerankingClient(inner, { reranker, text: 'body', hitKey: 'details' });
const ids = (found) => found.hits.hits.map(({ _id }) => _id);
const request = { index: 'docs', query: { match: { body: query } } };

assert.deepEqual(ids(await client.search(request)), ['h0', 'h1', 'h2']);
const reranked = await client.search({ ...request, rerank: {} });
assert.deepEqual(ids(reranked), ['h1', 'h2', 'h0']);
assert.deepEqual(reranked.hits.hits[0].details.firstStage, { score: 2, place: 2 });
const kept = await client.search({ ...request, rerank: { reranker: dying } });
assert.deepEqual(ids(kept), ['h0', 'h1', 'h2']);
assert.equal(kept.rerank.reason, 'failed');
const fused = await client.fusedSearch({
  index: 'docs',
  pit: false,
  searches: [{ query: request.query }, { query: request.query }],
});
assert.deepEqual(ids(fused), ['h0', 'h1', 'h2']);
await inner.close();
server.closeAllConnections();
server.close();
console.log('ok');

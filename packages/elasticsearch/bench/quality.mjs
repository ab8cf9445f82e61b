// `npm run bench:elasticsearch`: what a second pass adds to Elasticsearch's own order, and what it costs. BM25 of a real
// server alone, and reranked through this package's client, at several depths.
//
//   npm run bench:elasticsearch -- [--data FOLDER …] [--queries 50] [--timed 10] [--depths 50,100,200]
//     [--models mini-en,mini-en/cross-encoder] [--blend 0.3] [--workers N] [--node URL] [--json]
//
// --data takes BEIR folders; without it, SciFact and Cranfield in ../shared/data. --queries samples that many judged
// queries, the same ones every time; --timed says how many of them are run for the milliseconds, one at a time, by a
// reranker that has read nothing yet, and then once more: rerankers that keep what they have read are quicker then.
// --blend is the first stage's weight in the rows that blend. Without --node it starts the test server (needs Java and
// Maven). --json prints one object in the shape of every bench, and nothing else, to stdout. Nothing is stored.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { byScore, withCache } from '@secondpass/core';
import { bootstrapMean, compare, evaluate, quantile, readCollection, runOf } from '@secondpass/core/evaluate';
import { loadReranker } from '@secondpass/core/models';
import { createRerankingClient } from '@secondpass/elasticsearch';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    queries: { type: 'string', default: '50' },
    timed: { type: 'string', default: '10' },
    depths: { type: 'string', default: '50,100,200' },
    models: { type: 'string', default: 'mini-en,mini-en/cross-encoder' },
    blend: { type: 'string', default: '0.3' },
    workers: { type: 'string', default: String(availableParallelism()) },
    node: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const measure = 'nDCG@10';
const depths = options.depths.split(',').map(Number);
const shared = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const folders = (options.data ?? ['scifact', 'cranfield'].map((name) => join(shared, name))).map((path) =>
  resolve(path),
);
for (const path of folders.filter((path) => !existsSync(path))) console.error(`Skipped: there is no ${path}.`);

const { startServer } = await import('../../../test/elasticsearch-server/server.mjs');
const server = options.node ? undefined : await startServer();
const inner = new Client({ node: options.node ?? server.url, requestTimeout: 120_000 });
const models = options.models.split(',');
const workers = Number(options.workers);
const firstStage = Number(options.blend);
const blend = { weights: { reranker: 1 - firstStage, firstStage } };
const client = createRerankingClient(inner, { text: ['title', 'text'], onFailure: 'throw' });
const reports = [];

for (const folder of folders.filter((path) => existsSync(path))) {
  const { documents, queries, qrels } = await readCollection(folder);
  // Names of indices are lower case.
  const index = `bench-${basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')}`;
  await indexAll(index, documents);
  const judged = [...queries].filter(([id]) => qrels.get(id)?.size);
  const every = Math.max(1, judged.length / Number(options.queries));
  const sample = Array.from(
    { length: Math.min(judged.length, Number(options.queries)) },
    (_, at) => judged[Math.floor(at * every)],
  );
  const queriesUsed = { used: sample.length, judged: judged.length };
  const plain = (text) => client.search({ index, query: match(text), size: 10 });
  const reranked = (more) => (text) => client.search({ index, query: match(text), size: 10, rerank: more });
  const bm25 = await measured('BM25', qrels, sample, plain);
  const first = await millisecondsOf(sample, plain);
  const systems = [systemOf('BM25', bm25, first)];
  for (const model of models) {
    const loaded = await loadReranker(model, { workers });
    // The deepest first: what it scores, the others and the blends need not score again.
    const reranker = byScore(withCache(loaded.scorer, { maxEntries: 1_000_000 }));
    const own = [];
    for (const window of depths.toSorted((a, b) => b - a)) {
      const alone = await measured(`depth ${window}`, qrels, sample, reranked({ window, reranker }));
      const both = await measured(`depth ${window}`, qrels, sample, reranked({ window, reranker, blend }));
      const [cold, warm] = await coldAndWarm(model, sample, (fresh) => reranked({ window, reranker: fresh }));
      const name = `BM25 + ${model}, depth ${window}`;
      own.unshift(
        { ...systemOf(name, alone, cold, bm25), msPerQueryKnown: warm },
        { ...systemOf(`${name}, ${firstStage} BM25`, both, cold, bm25), msPerQueryKnown: warm },
      );
    }
    systems.push(...own);
    await loaded.dispose();
  }
  reports.push({ collection: basename(folder), queries: queriesUsed, systems });
  if (!options.json) {
    console.log(
      `${basename(folder)}: ${documents.size} documents, ${sample.length} of ${judged.length} judged queries`,
    );
    console.table(systems.map((system) => rowOf(system, first)));
  }
  await inner.indices.delete({ index });
}
await inner.close();
await server?.stop();
if (options.json)
  process.stdout.write(`${JSON.stringify(reports.length === 1 ? reports[0] : { collections: reports })}\n`);

function match(text) {
  return { multi_match: { query: text, fields: ['title', 'text'], type: 'most_fields' } };
}

async function measured(name, qrels, sample, search) {
  const lists = {};
  for (const [id, text] of sample) lists[id] = (await search(text)).hits.hits.map(({ _id }) => _id);
  const asked = new Map(sample.map(([id]) => [id, qrels.get(id)]));
  return evaluate(asked, runOf(name, lists), [measure]);
}

/** The mean of a run with its interval and, paired, the difference to BM25; `msPerQuery`: of texts not read before. */
function systemOf(name, run, msPerQuery, bm25) {
  const { low, high } = bootstrapMean(run.perQuery[measure]) ?? { low: null, high: null };
  const system = { name, measures: run.means, intervals: { [measure]: [low, high] }, msPerQuery };
  if (!bm25) return system;
  const [{ difference, interval }] = compare([bm25, run], measure).differences;
  const differenceToFirstStage = { [measure]: difference, interval: [interval?.low ?? null, interval?.high ?? null] };
  return { ...system, differenceToFirstStage };
}

function rowOf({ name, measures, differenceToFirstStage, msPerQuery, msPerQueryKnown }, first) {
  const row = { order: name, [measure]: measures[measure].toFixed(3), 'ms, median': msPerQuery.toFixed(0) };
  if (!differenceToFirstStage) return row;
  return {
    ...row,
    'difference [95 %]': `${signed(differenceToFirstStage[measure])} [${differenceToFirstStage.interval.map(signed).join(', ')}]`,
    'ms added': (msPerQuery - first).toFixed(0),
    'ms added, texts known': (msPerQueryKnown - first).toFixed(0),
  };
}

/** Median milliseconds of searches through a reranker that is started but has read nothing, and of the same once more. */
async function coldAndWarm(model, sample, searchWith) {
  const fresh = await loadReranker(model, { workers });
  await fresh.warmUp();
  const search = searchWith(fresh);
  const cold = await millisecondsOf(sample, search);
  const warm = await millisecondsOf(sample, search);
  await fresh.dispose();
  return [cold, warm];
}

function signed(value) {
  return `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}

/** Median time of a search as its caller waits for it. */
async function millisecondsOf(sample, search) {
  const times = [];
  for (const [, text] of sample.slice(0, Number(options.timed))) {
    const started = performance.now();
    await search(text);
    times.push(performance.now() - started);
  }
  return quantile(Float64Array.from(times).sort(), 0.5);
}

async function indexAll(index, documents) {
  const text = { type: 'text', analyzer: 'english' };
  await inner.indices.delete({ index, ignore_unavailable: true });
  await inner.indices.create({
    index,
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: { title: text, text } },
  });
  const all = [...documents.values()];
  for (let start = 0; start < all.length; start += 1000) {
    const operations = all
      .slice(start, start + 1000)
      .flatMap(({ id, title, text }) => [{ index: { _index: index, _id: id } }, { title, text }]);
    const { errors } = await inner.bulk({ operations });
    if (errors) throw new Error('The documents could not be indexed.');
  }
  await inner.indices.refresh({ index });
}

// Multi-hop search, measured: npm run bench:multihop [-- --data FOLDER] [--half even|odd|all] [--sample N] [--json]
//
// --with-gold leaves out questions without gold sub-questions, so that the gold rows can be compared with the others.
//
// Whole corpus, BM25 first stage. Choices are made on odd queries; the default reports even ones. Without --data the
// multi-hop collections beside the repository are used, where they are. Rows named "gold" are given the sub-questions
// (and the answers to those that another one needs) of the data set: stand-ins for a perfect language model, not systems.
// Scores of pairs are kept under --cache, so that a run that was stopped goes on where it was.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FullSupport, MRR, Recall, bootstrapMean } from '@secondpass/core/evaluate';
import { bm25 } from '../bm25.mjs';
import { cachedModel } from './cached-scorer.mjs';
import { readMultihop } from './collection.mjs';
import { systems } from './systems.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    half: { type: 'string', default: 'even' },
    sample: { type: 'string' },
    'with-gold': { type: 'boolean', default: false },
    depth: { type: 'string', default: '100' },
    'rerank-depth': { type: 'string', default: '60' },
    combine: { type: 'string' },
    'question-weight': { type: 'string' },
    'first-stage': { type: 'string' },
    enough: { type: 'string' },
    model: { type: 'string' },
    'no-rerank': { type: 'boolean', default: false },
    only: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'secondpass-bench-multihop') },
    json: { type: 'boolean', default: false },
  },
});

const beside = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const folders = values.data ?? ['musique-dev', 'hotpotqa-dev'].map((name) => join(beside, name)).filter(existsSync);
if (folders.length === 0) {
  console.error('No data: pass --data FOLDER with corpus.jsonl, queries.jsonl and qrels.tsv (BEIR format).');
  process.exit(2);
}

const number = (text) => (text === undefined ? undefined : Number(text));

const measures = {
  'MRR@10': MRR({ at: 10 }),
  'Recall@10': Recall({ at: 10 }),
  'FullSupport@10': FullSupport({ at: 10 }),
};

const { model, scorer } = values['no-rerank'] ? {} : await cachedModel(values.model, values.cache);

const report = [];
for (const folder of folders) {
  const { documents, queries } = readMultihop(folder);
  const half = queries.filter(
    (query) => (values.half === 'all' || query.half === values.half) && (!values['with-gold'] || query.parts),
  );
  const chosen = values.sample ? half.slice(0, Number(values.sample)) : half;
  const retriever = bm25(documents);
  const rows = systems(retriever, {
    scorer,
    depth: Number(values.depth),
    rerankDepth: Number(values['rerank-depth']),
    combine: values.combine,
    questionWeight: number(values['question-weight']),
    firstStage: number(values['first-stage']),
    enough: number(values.enough),
  }).filter(([name]) => !values.only || values.only.split(',').includes(name));
  const measured = { collection: basename(folder), half: values.half, systems: [] };
  report.push(measured);
  if (!values.json) {
    console.log(`\n${basename(folder)}: ${documents.length} documents, ${chosen.length} queries (${values.half})`);
  }
  for (const [name, searcherFor] of rows) {
    const row = await measureRow(name, searcherFor, chosen);
    if (!row) continue;
    measured.systems.push(asSystem(row));
    if (!values.json) console.log(asLine(row));
  }
}
if (values.json) console.log(JSON.stringify(report.length === 1 ? report[0] : { collections: report }));
else if (scorer)
  console.log(`\n${model.run.model} ${model.run.precision} on ${model.run.device}: ${JSON.stringify(scorer.pairs())}`);
await model?.dispose();

async function measureRow(name, searcherFor, questions) {
  const scores = Object.fromEntries([...Object.keys(measures), 'pool'].map((key) => [key, []]));
  let ms = 0;
  let asked = 0;
  for (const query of questions) {
    const searcher = searcherFor(query);
    if (!searcher) continue;
    const before = scorer?.spent() ?? 0;
    const started = performance.now();
    const { results, parts, hops } = await searcher.search(query.text);
    asked += hops?.length ?? 1 + parts.length;
    const waited = performance.now() - started;
    // What a pair cost when it was scored counts, not the reading of the cache.
    ms += Math.max(waited, (scorer?.spent() ?? 0) - before);
    const ranking = results.map(({ candidate }) => candidate.id);
    const grades = new Map(query.gold.map((id) => [id, 1]));
    for (const [key, measure] of Object.entries(measures)) scores[key].push(measure.score(ranking, grades));
    scores.pool.push(query.gold.every((id) => ranking.includes(id)) ? 1 : 0);
  }
  const count = scores.pool.length;
  if (count === 0) return undefined;
  const summary = Object.fromEntries(
    Object.entries(scores).map(([key, list]) => [
      key,
      { mean: list.reduce((sum, score) => sum + score, 0) / count, ...bootstrapMean(list) },
    ]),
  );
  return { name, queries: count, msPerQuestion: ms / count, queriesAsked: asked / count, ...summary };
}

/** In the shape that every bench prints: plain numbers under their printed names. */
function asSystem({ name, queries, msPerQuestion, queriesAsked, ...row }) {
  const named = (part) => Object.fromEntries(Object.entries(row).map(([key, summary]) => [key, part(summary)]));
  const intervals = named(({ low, high }) => [low, high]);
  return { name, queries, measures: named(({ mean }) => mean), intervals, msPerQuery: msPerQuestion, queriesAsked };
}

function asLine({ name, msPerQuestion, queriesAsked, ...row }) {
  const figure = (key) => {
    const { mean, low, high } = row[key];
    return `${key} ${mean.toFixed(3)} [${low?.toFixed(2)}, ${high?.toFixed(2)}]`;
  };
  const figures = [...Object.keys(measures), 'pool'].map(figure).join('  ');
  return `${name.padEnd(50)} ${figures}  ${queriesAsked.toFixed(1).padStart(4)} queries  ${msPerQuestion.toFixed(0).padStart(5)} ms`;
}

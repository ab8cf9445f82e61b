// `npm run bench:quality`: how good are the orders, collection by collection? BM25 alone; each part of the embedded model
// alone; the line that needs no training, .8 (bi-encoder + MaxSim) + .2 BM25; the lines of ranker.json with first-stage
// scores and without. Every figure is computed here; nothing is stored but the scores of pairs, under test/output/quality,
// so that a second run is fast.
//
//   npm run bench:quality -- [--data FOLDER …] [--queries N] [--depth 100] [--only NAME,…] [--model M] [--storage float32] [--workers N] [--json]
//
// --only measures some of bi-encoder, MaxSim, cross-encoder, default, fast, best, and what follows from them; --model another
// cross-encoder alone and blended with the first stage; --storage float32 compares token vectors as they are and not in bytes. The encoder reads 256 tokens of a text, the cross-encoder 512 of query and text.
// --data takes BEIR folders, each with or without a first-stage run (*.trec); without it, the collections of ../shared/data.
// Where a collection judges a document twice, the last grade counts, as in ir-measures.
// --queries samples that many judged queries per collection, the same ones every time; the output says how many were used.
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './measure.mjs';
import { print } from './print.mjs';
import { loadSystems } from './systems.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const store = join(root, 'test', 'output', 'quality');
const standard = ['dl19', 'dl21', 'scifact', 'cranfield', 'npl', 'liveqa-med', 'hotpotqa-dev', 'musique-dev'];

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    queries: { type: 'string' },
    depth: { type: 'string', default: '100' },
    model: { type: 'string' },
    only: { type: 'string' },
    storage: { type: 'string' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const depth = count('depth', 100);
const sample = count('queries', Infinity);
const workers = count('workers', availableParallelism());

const shared = join(root, '..', 'shared', 'data');
const folders = values.data?.map((path) => resolve(path)) ?? standard.map((name) => join(shared, name));
const present = folders.filter((path) => existsSync(path));
for (const path of folders) if (!present.includes(path)) tell(`Skipped: there is no ${path}.`);
if (present.length === 0) fail('There is no collection to measure on; name a BEIR folder with --data.');

mkdirSync(store, { recursive: true });
const { systems, lines, dispose } = await loadSystems({
  model: values.model,
  only: values.only?.split(','),
  storage: values.storage,
  workers,
});
const crossEncoder = values.model ? systems[0].name : 'cross-encoder';
const onProgress = everyTenSeconds(tell);
const reports = [];
try {
  for (const folder of present)
    reports.push(await measure(folder, { systems, lines, crossEncoder, depth, sample, store, onProgress }));
} finally {
  await dispose();
}
if (values.json) console.log(JSON.stringify(reports.length === 1 ? reports[0] : { collections: reports }));
else print(reports);

function count(name, otherwise) {
  const value = values[name] === undefined ? otherwise : Number(values[name]);
  return value >= 1 ? value : fail(`--${name} must be a number of at least 1.`);
}

function everyTenSeconds(report) {
  let last = 0;
  return (text) => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    report(text);
  };
}

function tell(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  tell(text);
  process.exit(1);
}

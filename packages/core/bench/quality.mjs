// `npm run bench:quality`: how good are the orders, collection by collection? BM25 alone; each part of the embedded model
// alone; the line that needs no training, .8 (bi-encoder + MaxSim) + .2 BM25; the lines of ranker.json with first-stage
// scores and without. Every figure is computed here; nothing is stored but the scores of pairs, under test/output/quality,
// so that a second run is fast.
//
//   npm run bench:quality -- [--data FOLDER …] [--queries N] [--depth 100] [--only NAME,…] [--model M] [--workers N] [--json]
//
// --only measures some of bi-encoder, MaxSim, cross-encoder, default, fast, best, and what follows from them; --model another
// cross-encoder alone and blended with the first stage. The encoder reads 256 tokens of a text, the cross-encoder 512 of query and text.
// --data takes BEIR folders, each with or without a first-stage run (*.trec); without it, the collections of ../shared/data.
// Where a collection judges a document twice, the last grade counts, as in ir-measures.
// --queries samples that many judged queries per collection, the same ones every time; the output says how many were used.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import {
  applySetting,
  bootstrapMean,
  compare,
  documentText,
  evaluate,
  openResults,
  probe,
  readCollection,
  readRun,
  runOf,
  scorePairs,
} from '@secondpass/core/evaluate';
import { embedding, lateInteraction } from '@secondpass/core';
import { loadCrossEncoder, loadEncoder, loadReranker } from '@secondpass/core/models';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const output = join(root, 'test', 'output', 'quality');
const standard = ['dl19', 'dl21', 'scifact', 'cranfield', 'npl', 'liveqa-med', 'hotpotqa-dev', 'musique-dev'];
/** Where grade 1 is "related" and not "relevant": TREC deep learning tracks. */
const relevantFrom = (name) => (/^dl\d\d$/.test(name) ? 2 : 1);
const blends = [0.2, 0.5];
const lengths = { queryTokens: 128, documentTokens: 256 };

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    queries: { type: 'string' },
    depth: { type: 'string', default: '100' },
    model: { type: 'string' },
    only: { type: 'string' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const depth = Number(options.depth);
const sample = options.queries === undefined ? Infinity : Number(options.queries);
const workers = options.workers === undefined ? availableParallelism() : Number(options.workers);
for (const [name, value] of Object.entries({ depth, queries: sample, workers })) {
  if (!(value >= 1)) fail(`--${name} must be a number of at least 1.`);
}

const shared = join(root, '..', 'shared', 'data');
const folders = options.data?.map((path) => resolve(path)) ?? standard.map((name) => join(shared, name));
const present = folders.filter((path) => existsSync(path));
for (const path of folders) if (!present.includes(path)) tell(`Skipped: there is no ${path}.`);
if (present.length === 0) fail('There is no collection to measure on; name a BEIR folder with --data.');

mkdirSync(output, { recursive: true });
const { systems, lines, dispose } = await loadSystems();
const reports = [];
let last = 0;
try {
  for (const folder of present) reports.push(await measure(folder));
} finally {
  await dispose();
}
if (options.json)
  process.stdout.write(`${JSON.stringify(reports.length === 1 ? reports[0] : { collections: reports })}\n`);
else summarise(reports);

/** What is measured: scorers by name, with a revision that says which weights they are; and the lines of ranker.json. */
async function loadSystems() {
  const loaded = [];
  const keep = (part) => {
    loaded.push(part);
    return part;
  };
  const found = [];
  const ranker = options.model ? undefined : readRanker();
  if (options.model) {
    const scorer = keep(await loadCrossEncoder(options.model, { workers }));
    found.push({ name: scorer.name, scorer });
  } else {
    const only = options.only?.split(',');
    const wanted = (name) => !only || only.includes(name);
    if (wanted('bi-encoder') || wanted('MaxSim')) {
      const encoder = keep(await loadEncoder(undefined, { workers }));
      found.push({ name: 'bi-encoder', scorer: embedding(encoder, lengths) });
      found.push({ name: 'MaxSim', scorer: lateInteraction(encoder, lengths) });
    }
    if (wanted('cross-encoder'))
      found.push({ name: 'cross-encoder', scorer: keep(await loadCrossEncoder(undefined, { workers })) });
    for (const line of Object.keys(ranker)) {
      if (!wanted(line) || (line !== 'default' && JSON.stringify(ranker[line]) === JSON.stringify(ranker.default)))
        continue;
      const source = line === 'default' ? 'mini-en' : `mini-en/${line}`;
      found.push({ name: line, scorer: keep(await loadReranker(source, { workers, kind: 'logit' })).scorer });
    }
  }
  for (const part of loaded) await part.warmUp();
  for (const system of found) {
    // The probe has no first-stage scores, so it does not see a change of their weight.
    system.revision =
      (await probe(system.scorer)) + (ranker?.[system.name] ? hash(JSON.stringify(ranker[system.name])) : '');
    system.code = { load: '', scorer: 'model', imports: [] };
  }
  return {
    systems: found,
    lines: ranker ?? {},
    dispose: () => Promise.all(loaded.map((part) => part.dispose())),
  };
}

function readRanker() {
  const path = createRequire(import.meta.url).resolve('@secondpass/model-mini-en/model/ranker.json');
  return JSON.parse(readFileSync(path, 'utf8')).lines;
}

/** The scorer sees each candidate with its first-stage score, as it would in a search. */
function withFirstStage(scorer, first, queries) {
  const byText = new Map();
  for (const [query, hits] of first.lists)
    byText.set(queries.get(query), new Map(hits.map(({ id, score }) => [id, score])));
  return {
    ...scorer,
    score: (query, candidates, callOptions) =>
      scorer.score(
        query,
        candidates.map((candidate) => {
          const value = byText.get(query)?.get(candidate.id);
          return value === undefined
            ? candidate
            : { ...candidate, score: { value, kind: 'retrieval', by: first.name } };
        }),
        callOptions,
      ),
  };
}

/** Name, scores of a query's hits, and which scorers' time it takes. */
function rankings(hits, scored) {
  const of = Object.fromEntries(systems.flatMap(({ name }) => (scored(name) ? [[name, scored(name).scores]] : [])));
  const first = hits.slice(0, depth).map(({ score }) => score);
  const mix = (share, scores) => {
    const [model, stage] = [minMax(scores), minMax(first)];
    return scores.map((_, at) => plus(model[at] === null ? null : share * model[at], (1 - share) * stage[at]));
  };
  const rows = Object.entries(of).map(([name, scores]) => [name, scores, [name]]);
  if (of['bi-encoder'] && of['MaxSim']) {
    const [bi, late] = [zScore(of['bi-encoder']), zScore(of['MaxSim'])];
    rows.push([
      '.8 (bi-encoder + MaxSim) + .2 first stage',
      mix(
        0.8,
        bi.map((value, at) => plus(value, late[at])),
      ),
      ['MaxSim'], // encodes for both
    ]);
  }
  for (const [name, line] of Object.entries(lines)) {
    // The logit is a sum: without the first stage's term it is what the line says of candidates that bring no score.
    const term = line.terms.find(({ of }) => of === 'first-stage');
    if (!of[name] || !term) continue;
    const rest = of[name].map((logit, at) =>
      plus(logit, -(term.present ?? 0), (-term.weight * first[at]) / (first[at] + term.saturation)),
    );
    rows.push([`${name}, no first-stage scores`, rest, [name]]);
  }
  for (const name of options.model ? Object.keys(of) : of['cross-encoder'] ? ['cross-encoder'] : [])
    for (const blend of blends)
      rows.push([`${round(1 - blend)} ${name} + ${blend} first stage`, mix(1 - blend, of[name]), [name]]);
  return rows;
}

// What a system gave no score stays null, and ends below the others.
function minMax(values) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values.map((value) => (value === null ? null : high > low ? (value - low) / (high - low) : 0));
}

function zScore(values) {
  const known = values.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
  return values.map((value) => (value === null ? null : (value - mean) / deviation));
}

function plus(...values) {
  return values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0);
}

/** One collection: every system's means, intervals, differences to the first stage, and milliseconds per query. */
async function measure(folder) {
  const first = await firstStage(folder);
  const only = new Set([...first.lists.values()].flatMap((hits) => hits.slice(0, depth).map(({ id }) => id)));
  const { name, queries, documents, qrels } = await readCollection(folder, { only, conflicts: 'keep-last' });
  if (!qrels) fail(`${folder} has no judgments.`);
  const judged = [...qrels.keys()].filter((query) => queries.has(query));
  const used = judged.length <= sample ? judged : spread(judged, sample);
  const texts = new Map([...documents.values()].map((document) => [document.id, documentText(document)]));
  const store = await openResults(join(output, `${name}-${depth}-${fingerprint(first, queries, texts)}.jsonl`), {
    inputs: fingerprint(first, queries, texts),
    depths: [depth],
  });
  const { pairs } = await scorePairs({
    queries,
    first,
    textOf: (id) => texts.get(id),
    systems: systems.map((system) => ({ ...system, scorer: withFirstStage(system.scorer, first, queries) })),
    depths: [depth],
    candidates: used.filter((query) => (first.lists.get(query)?.length ?? 0) > 0),
    store,
    onProgress: (done, total) => progress(`${name}: ${done} of ${total} queries`),
  }).finally(() => store.close());
  const rel = relevantFrom(name);
  const measures = [
    'nDCG@10',
    rel === 1 ? 'MRR@10' : `MRR(rel=${rel})@10`,
    rel === 1 ? 'Recall@20' : `Recall(rel=${rel})@20`,
  ];
  const usedQrels = new Map(used.map((query) => [query, qrels.get(query)]));
  const lists = new Map([[first.name, []]]);
  const times = new Map([[first.name, [0]]]);
  for (const query of used) {
    const hits = first.lists.get(query) ?? [];
    const scored = (name) => pairs.get(name)?.get(query);
    lists.get(first.name).push([query, hits]);
    for (const [system, scores, parts] of rankings(hits, scored)) {
      if (!lists.has(system)) [lists, times].forEach((map) => map.set(system, []));
      lists.get(system).push([query, applySetting(hits, scores, { system, depth, blend: 0 })]);
      times.get(system).push(parts.reduce((sum, part) => sum + scored(part).stepMs[0], 0));
    }
  }
  const evaluations = [...lists].map(([system, ranked]) => evaluate(usedQrels, runOf(system, ranked), measures));
  const { differences } = compare(evaluations, 'nDCG@10');
  return {
    collection: name,
    queries: { used: used.length, judged: judged.length },
    depth,
    systems: evaluations.map(({ run, means, perQuery }, index) => ({
      name: run,
      measures: means,
      intervals: Object.fromEntries(
        Object.entries(perQuery).map(([measureName, column]) => {
          const { low, high } = bootstrapMean(column) ?? { low: null, high: null };
          return [measureName, [low, high]];
        }),
      ),
      ...(index > 0 && {
        differenceToFirstStage: {
          'nDCG@10': differences[index - 1].difference,
          interval: [differences[index - 1].interval?.low, differences[index - 1].interval?.high],
          correctedP: differences[index - 1].correctedP,
        },
      }),
      msPerQuery: median(times.get(run)),
    })),
  };
}

/** `bm25.trec` if it is there, else the only run, else none: then the folder cannot be used. */
async function firstStage(folder) {
  const runs = readdirSync(folder).filter((file) => /\.trec(\.gz)?$/.test(file));
  const file = runs.includes('bm25.trec') ? 'bm25.trec' : runs.length === 1 ? runs[0] : undefined;
  if (file) return readRun(join(folder, file), { name: basename(file).replace(/\.trec(\.gz)?$/, '') });
  if (runs.length > 1) fail(`${folder} holds several runs and none is called bm25.trec.`);
  return bm25(folder);
}

/** A first stage for folders without one: BM25 (k1 1.2, b 0.75) over title and text, words in lower case, no stemming. */
async function bm25(folder) {
  const { documents, queries } = await readCollection(folder, { conflicts: 'keep-last' });
  const postings = new Map();
  const lengths = new Map();
  for (const document of documents.values()) {
    const all = words(documentText(document));
    lengths.set(document.id, all.length);
    const counts = new Map();
    for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      if (!postings.has(word)) postings.set(word, []);
      postings.get(word).push([document.id, count]);
    }
  }
  const average = [...lengths.values()].reduce((sum, length) => sum + length, 0) / lengths.size;
  const lists = [...queries].map(([query, text]) => {
    const scores = new Map();
    for (const word of new Set(words(text))) {
      const found = postings.get(word) ?? [];
      const idf = Math.log(1 + (lengths.size - found.length + 0.5) / (found.length + 0.5));
      for (const [id, count] of found) {
        const norm = count + 1.2 * (0.25 + (0.75 * lengths.get(id)) / average);
        scores.set(id, (scores.get(id) ?? 0) + (idf * count * 2.2) / norm);
      }
    }
    const hits = [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
    return [query, hits.slice(0, depth)];
  });
  return runOf('bm25', lists);
}

function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Queries at equal distances: the same sample every time, from all over the collection. */
function spread(queries, count) {
  return Array.from({ length: count }, (_, index) => queries[Math.floor((index * queries.length) / count)]);
}

function hash(text) {
  return `/${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

function fingerprint(first, queries, texts) {
  const hash = createHash('sha256');
  for (const [query, hits] of first.lists) {
    hash.update(JSON.stringify([query, queries.get(query) ?? null]));
    for (const { id } of hits.slice(0, depth)) hash.update(JSON.stringify([id, texts.get(id) ?? null]));
  }
  return hash.digest('hex').slice(0, 16);
}

function summarise(all) {
  for (const { collection, queries, systems } of all) {
    const sampled = queries.used < queries.judged ? `, a sample of ${queries.judged}` : '';
    console.log(`\n${collection} (${queries.used} queries${sampled}; depth ${depth})`);
    for (const { name, measures, intervals, differenceToFirstStage: gain, msPerQuery } of systems) {
      const [low, high] = intervals['nDCG@10'];
      const others = Object.entries(measures)
        .slice(1)
        .map(([measureName, value]) => `${measureName} ${value.toFixed(3)}`)
        .join('  ');
      const difference = gain
        ? `${signed(gain['nDCG@10'])} [${signed(gain.interval[0])}, ${signed(gain.interval[1])}]`
        : ''.padEnd(24);
      console.log(
        `  ${name.padEnd(52)} nDCG@10 ${measures['nDCG@10'].toFixed(3)} [${low?.toFixed(3)}, ${high?.toFixed(3)}]  ${difference}  ${others}  ${msPerQuery.toFixed(0)} ms`,
      );
    }
  }
  if (all.length < 2) return;
  console.log(`\nMean nDCG@10 over ${all.length} collections`);
  for (const index of all[0].systems.keys()) {
    const values = all.map(({ systems }) => systems[index].measures['nDCG@10']);
    const better = all.filter(
      ({ systems }) => systems[index].measures['nDCG@10'] > systems[0].measures['nDCG@10'],
    ).length;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    console.log(
      `  ${all[0].systems[index].name.padEnd(52)} ${mean.toFixed(3)}${index > 0 ? `  above the first stage on ${better} of ${all.length}` : ''}`,
    );
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)];
}

function signed(value) {
  return value === undefined ? '' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function round(value) {
  return Number(value.toFixed(6));
}

function progress(text) {
  if (Date.now() - last < 10_000) return;
  last = Date.now();
  tell(text);
}

function tell(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  tell(text);
  process.exit(1);
}

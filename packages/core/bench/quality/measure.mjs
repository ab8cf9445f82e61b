// One collection: every system's means, intervals, differences to the first stage, and milliseconds per query.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  applySetting,
  bootstrapMean,
  compare,
  documentText,
  evaluate,
  openResults,
  readCollection,
  runOf,
  scorePairs,
} from '@secondpass/core/evaluate';
import { firstStage, withFirstStage } from './first-stage.mjs';
import { rankings } from './rankings.mjs';

/** @param store a folder for the scores of pairs, so that a second run is fast */
export async function measure(folder, { systems, lines, crossEncoder, depth, sample, store, onProgress }) {
  const first = await firstStage(folder, depth);
  const only = new Set([...first.lists.values()].flatMap((hits) => hits.slice(0, depth).map(({ id }) => id)));
  const { name, queries, documents, qrels } = await readCollection(folder, { only, conflicts: 'keep-last' });
  if (!qrels) throw new Error(`${folder} has no judgments.`);
  const judged = [...qrels.keys()].filter((query) => queries.has(query));
  const used = judged.length <= sample ? judged : spread(judged, sample);
  const pairs = await scored({ name, first, queries, documents, used, systems, depth, store, onProgress });
  const { lists, times } = ordered(used, first, pairs, { lines, crossEncoder, depth });
  const usedQrels = new Map(used.map((query) => [query, qrels.get(query)]));
  const evaluations = [...lists].map(([system, ranked]) =>
    evaluate(usedQrels, runOf(system, ranked), measuresOf(name)),
  );
  const { differences } = compare(evaluations, 'nDCG@10');
  return {
    collection: name,
    queries: { used: used.length, judged: judged.length },
    depth,
    systems: evaluations.map((evaluation, index) => ({
      name: evaluation.run,
      measures: evaluation.means,
      intervals: intervals(evaluation),
      ...(index > 0 && { differenceToFirstStage: toFirstStage(differences[index - 1]) }),
      msPerQuery: median(times.get(evaluation.run)),
    })),
  };
}

/** Scores of the used queries' hits by every system, kept under a name that changes with what is scored. */
async function scored({ name, first, queries, documents, used, systems, depth, store, onProgress }) {
  const texts = new Map([...documents.values()].map((document) => [document.id, documentText(document)]));
  const inputs = fingerprint(first, queries, texts, depth);
  const results = await openResults(join(store, `${name}-${depth}-${inputs}.jsonl`), { inputs, depths: [depth] });
  const { pairs } = await scorePairs({
    queries,
    first,
    textOf: (id) => texts.get(id),
    systems: systems.map((system) => ({ ...system, scorer: withFirstStage(system.scorer, first, queries) })),
    depths: [depth],
    candidates: used.filter((query) => (first.lists.get(query)?.length ?? 0) > 0),
    store: results,
    onProgress: (done, total) => onProgress(`${name}: ${done} of ${total} queries`),
  }).finally(() => results.close());
  return pairs;
}

/** By system, each query's order and what it took. */
function ordered(used, first, pairs, { lines, crossEncoder, depth }) {
  const lists = new Map([[first.name, []]]);
  const times = new Map([[first.name, [0]]]);
  for (const query of used) {
    const hits = first.lists.get(query) ?? [];
    lists.get(first.name).push([query, hits]);
    const found = new Map(
      [...pairs].flatMap(([name, byQuery]) => (byQuery.get(query) ? [[name, byQuery.get(query)]] : [])),
    );
    const own = Object.fromEntries([...found].map(([name, { scores }]) => [name, scores]));
    const firstScores = hits.slice(0, depth).map(({ score }) => score);
    for (const [system, scores, parts] of rankings(firstScores, own, { lines, crossEncoder })) {
      if (!lists.has(system)) [lists, times].forEach((map) => map.set(system, []));
      lists.get(system).push([query, applySetting(hits, scores, { system, depth, blend: 0 })]);
      times.get(system).push(parts.reduce((sum, part) => sum + found.get(part).stepMs[0], 0));
    }
  }
  return { lists, times };
}

/** Where grade 1 is "related" and not "relevant", as in the TREC deep learning tracks, MRR and recall count from 2. */
function measuresOf(collection) {
  const relevant = /^dl\d\d$/.test(collection) ? '(rel=2)' : '';
  return ['nDCG@10', `MRR${relevant}@10`, `Recall${relevant}@20`];
}

function intervals({ perQuery }) {
  const of = (column) => bootstrapMean(column) ?? { low: null, high: null };
  return Object.fromEntries(
    Object.entries(perQuery).map(([name, column]) => [name, [of(column).low, of(column).high]]),
  );
}

function toFirstStage({ difference, interval, correctedP }) {
  return { 'nDCG@10': difference, interval: [interval?.low, interval?.high], correctedP };
}

/** Queries at equal distances: the same sample every time, from all over the collection. */
function spread(queries, count) {
  return Array.from({ length: count }, (_, index) => queries[Math.floor((index * queries.length) / count)]);
}

function fingerprint(first, queries, texts, depth) {
  const hash = createHash('sha256');
  for (const [query, hits] of first.lists) {
    hash.update(JSON.stringify([query, queries.get(query) ?? null]));
    for (const { id } of hits.slice(0, depth)) hash.update(JSON.stringify([id, texts.get(id) ?? null]));
  }
  return hash.digest('hex').slice(0, 16);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)];
}

// How long the lines of the embedded model take, in milliseconds: with texts that they have never seen, and with texts whose
// vectors they have kept. They take turns, so ratios to the first line hold on a busy machine too. Medians, and the first and
// third quartile; beside them what it costs in milliseconds of one core, all threads together.
//
//   node packages/core/bench/lines.mjs [--workers 2] [--rounds 7] [--lines mini-en,mini-en/fast,…] [--json]
//
// A line is anything that loadReranker takes: another model's folder, too.
import { parseArgs } from 'node:util';
import { loadReranker } from '@secondpass/core/models';
import { median, ratios, spread } from './compare/statistics.mjs';
import { query, workloads } from './compare/workloads.mjs';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    lines: { type: 'string', default: 'mini-en/fast,mini-en,mini-en/best,mini-en/cross-encoder' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const lines = options.lines.split(',');

const rerankers = [];
for (const line of lines) rerankers.push(await loadReranker(line, { workers: Number(options.workers) }));
for (const reranker of rerankers) await time(reranker, workloads[0].texts);

const rows = [];
for (const { name, texts } of workloads.slice(0, 2)) {
  const runs = lines.map((line) => ({ line, passages: name, fresh: [], known: [] }));
  for (let round = 0; round < rounds; round++) {
    // A number at the end makes them other texts, and hardly longer ones.
    const unseen = texts.map((text) => `${text} ${round}`);
    for (const [at, { fresh, known }] of runs.entries()) {
      fresh.push(await time(rerankers[at], unseen));
      known.push(await time(rerankers[at], unseen));
    }
  }
  for (const run of runs) {
    rows.push({
      ...run,
      fresh: summary(run.fresh, runs[0].fresh),
      known: summary(run.known, runs[0].known),
    });
    if (!options.json) print(rows.at(-1));
  }
}
for (const reranker of rerankers) await reranker.dispose();
if (options.json) console.log(JSON.stringify({ workers: Number(options.workers), rounds, rows }));

async function time(reranker, texts) {
  const candidates = texts.map((content, index) => {
    return { id: `${index}`, content, score: { value: 20 - index / 10, kind: 'retrieval', by: 'bm25' } };
  });
  const [started, before] = [performance.now(), process.cpuUsage()];
  await reranker.rerank(query, candidates);
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, core: (user + system) / 1000 };
}

function summary(runs, first) {
  const wall = runs.map((run) => run.wall);
  const core = runs.map((run) => run.core);
  const ofFirst = ratios(
    core,
    first.map((run) => run.core),
  );
  return {
    median: median(wall),
    quartiles: spread(wall),
    core: median(core),
    ofFirst: [median(ofFirst), ...spread(ofFirst)],
  };
}

function print({ line, passages, fresh, known }) {
  console.log(`${line.padEnd(22)} ${passages.padEnd(26)} fresh ${shown(fresh)}   known ${shown(known)}`);
}

function shown({ median: middle, quartiles, core, ofFirst }) {
  const [low, high] = quartiles.map((value) => value.toFixed(0));
  const [ratio, from, to] = ofFirst.map((value) => value.toFixed(2));
  return `${middle.toFixed(0).padStart(5)} ms (${low}-${high}), ${core.toFixed(0).padStart(4)} of a core, ${ratio} (${from}-${to}) of the first line`;
}

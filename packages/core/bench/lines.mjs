// How long the lines of the embedded model take, in milliseconds: with texts that it has never seen, and with texts whose
// vectors it has kept. Medians, and the first and third quartile; beside them what it costs in milliseconds of one core,
// all threads together, which a busy machine changes less.
//
//   node packages/core/bench/lines.mjs [--workers 2] [--rounds 7] [--lines mini-en,mini-en/fast,…] [--json]
import { parseArgs } from 'node:util';
import { loadReranker } from '@secondpass/core/models';
import { median, spread } from './compare/statistics.mjs';
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

const rows = [];
for (const line of options.lines.split(',')) {
  const reranker = await loadReranker(line, { workers: Number(options.workers) });
  await reranker.warmUp();
  await time(reranker, workloads[0].texts);
  for (const { name, texts } of workloads.slice(0, 2)) {
    const fresh = [];
    const known = [];
    for (let round = 0; round < rounds; round++) {
      // A number at the end makes them other texts, and hardly longer ones.
      const unseen = texts.map((text) => `${text} ${round}`);
      fresh.push(await time(reranker, unseen));
      known.push(await time(reranker, unseen));
    }
    rows.push({ line, passages: name, fresh: summary(fresh), known: summary(known) });
    if (!options.json)
      console.log(`${line.padEnd(22)} ${name.padEnd(26)} fresh ${shown(fresh)}   known ${shown(known)}`);
  }
  await reranker.dispose();
}
if (options.json) process.stdout.write(`${JSON.stringify({ workers: Number(options.workers), rounds, rows })}\n`);

async function time(reranker, texts) {
  const candidates = texts.map((content, index) => {
    return { id: `${index}`, content, score: { value: 20 - index / 10, kind: 'retrieval', by: 'bm25' } };
  });
  const [started, before] = [performance.now(), process.cpuUsage()];
  await reranker.rerank(query, candidates);
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, core: (user + system) / 1000 };
}

function summary(runs) {
  const walls = runs.map(({ wall }) => wall);
  return { median: median(walls), quartiles: spread(walls), core: median(runs.map(({ core }) => core)) };
}

function shown(runs) {
  const { median: middle, quartiles, core } = summary(runs);
  const [low, high] = quartiles.map((value) => value.toFixed(0));
  return `${middle.toFixed(0).padStart(5)} ms (${low}-${high}), ${core.toFixed(0).padStart(4)} of a core`;
}

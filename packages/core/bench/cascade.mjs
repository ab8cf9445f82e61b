// What a cascade saves: MaxSim over 100 passages and the cross-encoder over its first 20, beside the cross-encoder over all,
// on the embedded models. The two take turns, so the ratio holds on a busy machine too; "known" are texts whose vectors the
// encoder has kept, which the cross-encoder reads anew all the same.
//
//   node packages/core/bench/cascade.mjs [--workers 2] [--rounds 7] [--first 20] [--json]
import { parseArgs } from 'node:util';
import { byScore, cascade, cut, lateInteraction } from '@secondpass/core';
import { loadCrossEncoder, loadEncoder } from '@secondpass/core/models';
import { median, ratios, spread } from './compare/statistics.mjs';
import { query, workloads } from './compare/workloads.mjs';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    first: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const workers = Number(options.workers);
const rounds = Number(options.rounds);

const encoder = await loadEncoder(undefined, { workers });
const crossEncoder = await loadCrossEncoder(undefined, { workers });
const all = byScore(crossEncoder);
const late = lateInteraction(encoder, { queryTokens: 128, documentTokens: 256 });
const some = cascade(byScore(late), cut(Number(options.first)), all);
await time(all, workloads[0].texts);
await time(some, workloads[0].texts);

const rows = [];
for (const { name, texts } of workloads.slice(0, 2)) {
  const [whole, fresh, known] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const unseen = texts.map((text) => `${text} ${round}`);
    fresh.push(await time(some, unseen));
    whole.push(await time(all, unseen));
    known.push(await time(some, unseen));
  }
  rows.push({ passages: name, crossEncoder: median(whole), fresh: share(fresh, whole), known: share(known, whole) });
}
await encoder.dispose();
await crossEncoder.dispose();
if (options.json) process.stdout.write(`${JSON.stringify({ workers, rounds, first: Number(options.first), rows })}\n`);
else {
  for (const { passages, crossEncoder: ms, fresh, known } of rows) {
    console.log(
      `${passages.padEnd(26)} cross-encoder ${ms.toFixed(0)} ms; cascade: fresh ${shown(fresh)}, known ${shown(known)}`,
    );
  }
}

async function time(reranker, texts) {
  const candidates = texts.map((content, index) => ({ id: `${index}`, content }));
  const started = performance.now();
  await reranker.rerank(query, candidates);
  return performance.now() - started;
}

/** Milliseconds, and the part of the cross-encoder's time in the same round. */
function share(times, whole) {
  const parts = ratios(times, whole);
  return { median: median(times), share: median(parts), quartiles: spread(parts) };
}

function shown({ median: ms, share: part, quartiles: [low, high] }) {
  return `${ms.toFixed(0)} ms = ${part.toFixed(2)} of it (${low.toFixed(2)}-${high.toFixed(2)})`;
}

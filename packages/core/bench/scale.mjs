// Fairness between calls, memory at many passages, and what stays behind after loading and disposing.
//
//   node --expose-gc packages/core/bench/scale.mjs [fairness|memory|memory-in-turn|memory-at-once|cycles] [--model FOLDER] [--count 100000] [--json]
//
// Needs a build. Without --model the embedded model is used; for 100,000 passages name a small one, such as
// packages/core/test/models/tiny/one: what is measured there is the bookkeeping, not the weights.
import { parseArgs } from 'node:util';
import { loadReranker } from '@secondpass/core/models';
import { candidates, median, passages } from './passages.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    count: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1' },
    json: { type: 'boolean' },
  },
});
const workers = Number(values.workers);
const query = 'when was the bridge over the river built';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const round = (value) => Number(value.toFixed(1));

/** Resident memory in MB, after the garbage is gone. */
async function resident() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(100);
  }
  return process.memoryUsage().rss / 1e6;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function hundredths(list) {
  const size = Math.ceil(list.length / 100);
  return Array.from({ length: 100 }, (_, index) => list.slice(index * size, (index + 1) * size));
}

/** Runs one way of reranking `--count` passages; a process for each, since memory is slow to go back. */
async function memory(work) {
  const list = candidates(passages(Number(values.count), 20, 60));
  const reranker = await loadReranker(values.model, { workers });
  const rerank = (part) => reranker.rerank(query, part);
  await rerank(list.slice(0, 1000));
  const base = await resident();
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss / 1e6)), 20);
  await work(rerank, list);
  clearInterval(timer);
  await rerank(list.slice(0, 10)); // The last answer may be held until the next.
  const after = await resident();
  await reranker.dispose();
  return { passages: list.length, baseMB: round(base), peakGrowthMB: round(peak - base), afterMB: round(after - base) };
}

const measures = {
  /** A call of 10 passages, alone and while one of 10,000 is under way. */
  async fairness() {
    const reranker = await loadReranker(values.model, { workers });
    await reranker.warmUp();
    const small = candidates(passages(10, 20, 250, 2));
    const call = () => timed(() => reranker.rerank(query, small));
    await call();
    const alone = [];
    for (let i = 0; i < 7; i++) alone.push(await call());
    const controller = new AbortController();
    const big = reranker.rerank(query, candidates(passages(10_000, 20, 250)), { signal: controller.signal });
    big.catch(() => {});
    await sleep(200);
    const beside = [];
    for (let i = 0; i < 7; i++) beside.push(await call());
    controller.abort();
    const [longest] = passages(1, 250, 250, 3);
    const batch = [];
    for (let i = 0; i < 7; i++) batch.push(await timed(() => reranker.rerank(query, candidates([longest]))));
    await reranker.dispose();
    return {
      aloneMs: round(median(alone)),
      besideMs: round(median(beside)),
      ratio: round(median(beside) / median(alone)),
      longestBatchMs: round(median(batch)),
    };
  },

  /** Memory that all passages take, over what 1,000 take: in one call. */
  memory: () => memory((rerank, list) => rerank(list)),

  /** The same as 100 calls, one after another. */
  'memory-in-turn': () =>
    memory(async (rerank, list) => {
      for (const part of hundredths(list)) await rerank(part);
    }),

  /** The same as 100 calls at once. */
  'memory-at-once': () => memory((rerank, list) => Promise.all(hundredths(list).map((part) => rerank(part)))),

  /** 50 times load, rerank, dispose. */
  async cycles() {
    const list = candidates(passages(20, 20, 60));
    const seen = [];
    for (let i = 0; i <= 50; i++) {
      const reranker = await loadReranker(values.model, { workers });
      await reranker.rerank(query, list);
      await reranker.dispose();
      if (i % 10 === 0) seen.push(round(await resident()));
    }
    return { residentMB: seen.join(', ') };
  },
};

const wanted = positionals.length > 0 ? positionals : Object.keys(measures);
const results = {};
for (const name of wanted) {
  if (!measures[name]) throw new Error(`No measure "${name}"; there are ${Object.keys(measures).join(', ')}.`);
  results[name] = await measures[name]();
  if (!values.json) {
    console.log(name);
    console.table([results[name]]);
  }
}
if (values.json) console.log(JSON.stringify(results));

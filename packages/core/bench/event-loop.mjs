// Shows how long a 5 ms timer of the main thread is held up while 100 passages are reranked.
//
//   node packages/core/bench/event-loop.mjs [--model FOLDER] [--repetitions 3] [--json]
//
// Needs a build. "delay" is how much later than 5 ms after the last one a tick came. The idle line is the machine's own
// noise: the same timer with nothing to do. Aim: no delay beyond 20 ms.
import { parseArgs } from 'node:util';
import { loadReranker } from '@secondpass/core/models';
import { candidates, median, passages } from './passages.mjs';

const { values } = parseArgs({
  options: { model: { type: 'string' }, repetitions: { type: 'string', default: '3' }, json: { type: 'boolean' } },
});
const period = 5;

/** Runs `work` beside a timer; returns the delays of its ticks and the time that it took. */
async function beside(work) {
  const delays = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    delays.push(now - last - period);
    last = now;
  }, period);
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  clearInterval(timer);
  return { delays, ms };
}

const workloads = [
  ['idle', undefined],
  ['100 short (20 to 60 words)', passages(100, 20, 60)],
  ['100 mixed (20 to 250 words)', passages(100, 20, 250)],
  ['100 long (400 words)', passages(100, 400, 400)],
  ['30 of 100,000 characters', passages(30, 15_000, 16_000)],
  ['30 of 100,000 characters, no spaces', passages(30, 15_000, 16_000).map((text) => text.replaceAll(' ', ','))],
];

const rows = [];
for (const workers of [1, 2]) {
  const reranker = await loadReranker(values.model, { workers });
  await reranker.warmUp();
  for (const [name, texts] of workloads) {
    const work = texts
      ? () => reranker.rerank('when was the bridge over the river built', candidates(texts))
      : () => new Promise((resolve) => setTimeout(resolve, 1000));
    await work();
    const runs = [];
    for (let i = 0; i < Number(values.repetitions); i++) runs.push(await beside(work));
    const delays = runs.flatMap((run) => run.delays);
    rows.push({
      workers,
      workload: name,
      medianMs: Math.round(median(runs.map(({ ms }) => ms))),
      ticks: delays.length,
      medianDelayMs: Number(median(delays).toFixed(2)),
      maxDelayMs: Number(Math.max(...delays).toFixed(2)),
    });
  }
  await reranker.dispose();
}
if (values.json) console.log(JSON.stringify({ period, rows }));
else console.table(rows);

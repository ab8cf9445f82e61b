// Shows how long a 5 ms timer of the main thread is held up while 100 passages are reranked.
//
//   node packages/core/bench/event-loop.mjs [--model FOLDER] [--repetitions 3] [--json]
//
// Needs a build. "delay" is how much later than 5 ms after the last one a tick came. On a busy machine much of that is
// waiting for a processor: "control" is the same timer in a second process that does nothing, at the same time; and
// "busy" (Linux only) is the longest that the main thread itself computed between two ticks, waiting left out: the delay
// that a free processor would show. Aim: 20 ms.
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadReranker } from '@secondpass/core/models';
import { candidates, median, passages } from './passages.mjs';

const { values } = parseArgs({
  options: {
    control: { type: 'boolean' },
    model: { type: 'string' },
    repetitions: { type: 'string', default: '3' },
    json: { type: 'boolean' },
  },
});
const period = 5;

const schedule = `/proc/self/task/${process.pid}/schedstat`;
/** Milliseconds that the main thread has computed; NaN where the system does not say. */
const computed = existsSync(schedule) ? () => Number(readFileSync(schedule, 'utf8').split(' ')[0]) / 1e6 : () => NaN;

/** Starts a timer; the function that it returns stops it and gives the delays of its ticks and what lay between them. */
function tick() {
  const delays = [];
  const busy = [];
  let last = performance.now();
  let lastComputed = computed();
  const timer = setInterval(() => {
    const [now, nowComputed] = [performance.now(), computed()];
    delays.push(now - last - period);
    busy.push(nowComputed - lastComputed);
    [last, lastComputed] = [now, nowComputed];
  }, period);
  return () => {
    clearInterval(timer);
    return { delays, busy };
  };
}

if (process.argv.includes('--control')) {
  let stop;
  process.on('message', (message) => {
    if (message === 'start') stop = tick();
    else process.send(Math.max(0, ...stop().delays));
  });
  await new Promise((resolve) => process.on('disconnect', resolve));
  process.exit();
}
const control = fork(fileURLToPath(import.meta.url), ['--control']);

/** Runs `work` beside a timer, and the control beside both. */
async function beside(work) {
  control.send('start');
  const stop = tick();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { delays, busy } = stop();
  const answer = new Promise((resolve) => control.once('message', resolve));
  control.send('stop');
  return { delays, busy, ms, control: await answer };
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
      maxBusyMs: Number(Math.max(...runs.flatMap(({ busy }) => busy)).toFixed(2)),
      controlMaxMs: Number(Math.max(...runs.map(({ control }) => control)).toFixed(2)),
    });
  }
  await reranker.dispose();
}
control.disconnect();
if (values.json) console.log(JSON.stringify({ period, rows }));
else console.table(rows);

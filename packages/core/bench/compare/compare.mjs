// npm run bench: how fast rerankers are on this machine, on the same ONNX file and the same pairs, interleaved.
//
//   npm run bench -- [--repetitions 7] [--workload "100 mixed"]... [--systems secondpass,transformers.js] [--json] [--svg FILE]
//
// Every system is a process of its own, loaded once; each repetition asks them all in turn, beginning with another each
// time. Ratios are medians of ratios within a repetition. Everybody may use two cores. What is missing is named, not
// hidden: transformers.js is installed into test/output/bench on first use; the Python libraries must be there
// (SECONDPASS_PYTHON names the interpreter), and with them the bench model is made. sentence-transformers' onnx backend
// wants older libraries than the others: SECONDPASS_PYTHON_ONNX may name another interpreter, with
// sentence-transformers[onnx].
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { start } from './child-process.mjs';
import { asSvg, asTable } from './report.mjs';
import { median, ratios, spread } from './statistics.mjs';
import { operations, query, workloads } from './workloads.mjs';

const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '7' },
    workload: { type: 'string', multiple: true },
    systems: { type: 'string' },
    json: { type: 'boolean', default: false },
    svg: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench -- [--repetitions 7] [--workload NAME]... [--systems NAME,NAME] [--json] [--svg FILE]

Times secondpass and its peers on the same model file and the same pairs.
  --workload NAME     Only workloads whose name begins so; repeatable. Known: ${workloads.map(({ name }) => `"${name}"`).join(', ')}
  --systems NAMES     Only systems whose name begins with one of these
  --repetitions N     Default 7
  --json              One JSON object on stdout and nothing else there
  --svg FILE          The bars as a picture`);
  process.exit(0);
}
const tell = (text) => process.stderr.write(`${text}\n`);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const output = join(root, 'test', 'output', 'bench');
const python = process.env.SECONDPASS_PYTHON ?? 'python3';
const peers = join(output, 'peers');
mkdirSync(output, { recursive: true });

function makeModels() {
  if (existsSync(join(output, 'empty', 'model.onnx')) && existsSync(join(output, 'peak', 'int8.onnx')))
    return undefined;
  tell('Making the bench model …');
  const made = spawnSync(python, [here('make_models.py'), output], { encoding: 'utf8' });
  if (made.status === 0) return undefined;
  return `the bench model cannot be made: ${(made.stderr || made.error?.message || '').trim().split('\n').at(-1)}`;
}

function installPeers() {
  if (existsSync(join(peers, 'node_modules', '@huggingface', 'transformers'))) return;
  tell('Installing transformers.js …');
  mkdirSync(peers, { recursive: true });
  writeFileSync(join(peers, 'package.json'), '{ "private": true }\n');
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '@huggingface/transformers@4.3.1'], {
    cwd: peers,
    env,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
}

const at = (...path) => join(output, ...path);
const node = (file, ...args) => [process.execPath, [here(`systems/${file}`), ...args]];
const py = (system, interpreter = python) => [interpreter, [here('systems/child.py'), system, at('classifier')]];
const all = [
  { name: 'secondpass', precision: 'fp32', run: node('ours.mjs', at('classifier'), '2') },
  { name: 'secondpass, prepared graph', precision: 'fp32', run: node('ours.mjs', at('prepared'), '2') },
  {
    name: 'transformers.js, padded batch',
    precision: 'fp32',
    run: node('transformers-js.mjs', peers, at('classifier'), 'together'),
  },
  {
    name: 'transformers.js, pair at a time',
    precision: 'fp32',
    run: node('transformers-js.mjs', peers, at('classifier'), 'alone'),
  },
  {
    name: 'onnxruntime-node, padded batch',
    precision: 'fp32',
    run: node('onnxruntime-node.mjs', at('classifier', 'onnx', 'model.onnx'), at('classifier')),
  },
  {
    name: 'onnxruntime-node, tokens ready, one thread',
    precision: 'fp32',
    run: node('onnxruntime-node.mjs', at('classifier', 'onnx', 'model.onnx'), at('classifier'), 'bare'),
    only: '1 passage',
  },
  { name: 'secondpass, empty graph', precision: 'fp32', run: node('ours.mjs', at('empty'), '2') },
  { name: 'sentence-transformers, torch', precision: 'fp32', run: py('sentence-transformers') },
  {
    name: 'sentence-transformers, onnx',
    precision: 'fp32',
    run: py('sentence-transformers-onnx', process.env.SECONDPASS_PYTHON_ONNX ?? python),
  },
  { name: 'onnxruntime (Python), batches of 32', precision: 'fp32', run: py('onnxruntime') },
  { name: 'FlashRank', precision: 'fp32', run: py('flashrank') },
  { name: 'secondpass', precision: 'int8', run: node('ours.mjs', at('classifier-int8'), '2') },
  { name: 'secondpass, prepared graph', precision: 'int8', run: node('ours.mjs', at('prepared-int8'), '2') },
  { name: 'secondpass, shipped model', precision: 'int8', run: node('ours.mjs', '@secondpass/model-mini-en', '2') },
  { name: 'peak', precision: 'fp32', run: node('peak.mjs', at('peak'), 'fp32', '2') },
  { name: 'peak', precision: 'int8', run: node('peak.mjs', at('peak'), 'int8', '2') },
];

const noModel = makeModels();
if (noModel) tell(noModel);
else installPeers();
const names = values.systems?.split(',');
const chosen = all.filter(({ name }) => !names || name === 'peak' || names.some((wanted) => name.startsWith(wanted)));
const wanted = workloads.filter(
  ({ name }) => !values.workload || values.workload.some((start) => name.startsWith(start)),
);
const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1 || wanted.length === 0) {
  tell(`Nothing to do: --repetitions is ${values.repetitions}, --workload ${values.workload ?? 'not given'}.`);
  process.exit(2);
}

const running = [];
const absent = [];
for (const system of chosen) {
  const child = await start(...system.run);
  if (child.unavailable)
    absent.push({ name: `${system.name} (${system.precision})`, reason: noModel ?? child.unavailable });
  else running.push({ ...system, child, times: [] });
}

const result = {
  machine: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}, ${repetitions} repetitions`,
  workloads: [],
  absent,
};
const systems = running.filter(({ name }) => name !== 'peak');
for (const { name, texts } of wanted) {
  const times = new Map(running.map((system) => [system, []]));
  for (let repetition = -1; repetition < repetitions; repetition++) {
    const order = running.map((_, index) => running[(index + Math.max(0, repetition)) % running.length]);
    for (const system of order) {
      if (repetition < 0 && texts.length > 100) continue; // Warm already.
      if (system.only && !name.startsWith(system.only)) continue;
      const answer = await system.child.ask({ query, texts });
      if (answer.failed) absent.push({ name: `${system.name} (${system.precision}), ${name}`, reason: answer.failed });
      else if (repetition >= 0) times.get(system).push(system.name === 'peak' ? answer.scores[0] : answer.ms);
    }
    tell(`${name}: ${repetition + 1} of ${repetitions}`);
  }
  const ours = (precision) =>
    times.get(running.find((system) => system.name === 'secondpass' && system.precision === precision)) ?? [];
  const rows = systems
    .filter((system) => times.get(system).length > 0)
    .map((system) => ({
      name: system.name,
      precision: system.precision,
      medianMs: median(times.get(system)),
      spread: spread(times.get(system)),
      ratio: median(ratios(times.get(system), ours(system.precision))),
    }));
  const peakShare = {};
  for (const system of running.filter((one) => one.name === 'peak')) {
    const mine = ours(system.precision);
    if (mine.length > 0)
      peakShare[system.precision] = operations(texts) / (median(mine) / 1000) / Math.max(...times.get(system));
  }
  result.workloads.push({ name, systems: rows, peakShare });
}
for (const { child } of running) child.end();
if (values.svg) writeFileSync(values.svg, asSvg(result));
console.log(values.json ? JSON.stringify(result) : asTable(result));

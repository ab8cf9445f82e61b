// Where the time of a graph goes: the ONNX runtime's own profile, added up by kind of operator.
//
//   node packages/core/bench/profile.mjs MODEL.onnx [--budget 512] [--passages 20] [--from 20] [--to 300] [--repetitions 5]
//
// One thread, with the settings that the engine uses. Products are told apart by what they multiply: weights, or the
// attention's own numbers (which have a dimension for heads).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as onnx from 'onnxruntime-node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    budget: { type: 'string', default: '512' },
    passages: { type: 'string', default: '20' },
    from: { type: 'string', default: '20' },
    to: { type: 'string', default: '300' },
    repetitions: { type: 'string', default: '5' },
    fused: { type: 'boolean', default: false },
  },
});
const number = (name) => Number(values[name]);
const [file] = positionals;
if (!file) {
  console.error('Usage: node packages/core/bench/profile.mjs MODEL.onnx [--budget TOKENS] [--fused]');
  process.exit(2);
}

/** Lengths evenly spread, with the question's eight words and three special tokens, longest first, in groups. */
function groups() {
  const count = number('passages');
  const lengths = Array.from({ length: count }, (_, index) =>
    Math.round(11 + number('to') - (index / Math.max(1, count - 1)) * (number('to') - number('from'))),
  );
  const out = [];
  for (const length of lengths) {
    const group = out.at(-1);
    if (group && (group.length + 1) * group[0] <= number('budget')) group.push(length);
    else out.push([length]);
  }
  return out;
}

function feeds(lengths, names) {
  const dims = [lengths.length, lengths[0]];
  const fill = (value) => {
    const data = new BigInt64Array(dims[0] * dims[1]);
    for (const [row, length] of lengths.entries()) {
      for (let at = 0; at < length; at++) data[row * dims[1] + at] = BigInt(value(at));
    }
    return new onnx.Tensor('int64', data, dims);
  };
  const all = {
    input_ids: () => fill((at) => 2000 + ((at * 7919) % 20_000)),
    attention_mask: () => fill(() => 1),
    token_type_ids: () => fill((at) => (at > 9 ? 1 : 0)),
  };
  return Object.fromEntries(names.map((name) => [name, all[name]()]));
}

const folder = mkdtempSync(join(tmpdir(), 'secondpass-profile-'));
const prefix = join(folder, 'profile');
const session = await onnx.InferenceSession.create(file, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  enableProfiling: true,
  profileFilePrefix: prefix,
  // As onnx-session.ts: what is slower fused is left apart. --fused shows the runtime's own choice.
  ...(!values.fused && {
    extra: { optimization: { disable_specified_optimizers: 'SkipLayerNormFusion;BiasGeluFusion' } },
  }),
});
const batches = groups().map((lengths) => feeds(lengths, session.inputNames));
const repetitions = number('repetitions');
for (let repetition = 0; repetition <= repetitions; repetition++) {
  for (const batch of batches) await session.run(batch);
}
session.endProfiling();
const profile = readdirSync(folder).find((name) => name.startsWith('profile'));
if (!profile) throw new Error('The runtime wrote no profile.');
const events = JSON.parse(readFileSync(join(folder, profile), 'utf8'));
rmSync(folder, { recursive: true, force: true });

const nodes = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
const warm = nodes.slice(nodes.length / (repetitions + 1));
const kinds = new Map();
for (const { args, dur } of warm) {
  const kind = kindOf(args);
  const entry = kinds.get(kind) ?? { ms: 0, count: 0 };
  entry.ms += dur / 1000 / repetitions;
  entry.count += 1 / repetitions / batches.length;
  kinds.set(kind, entry);
}
const total = [...kinds.values()].reduce((sum, { ms }) => sum + ms, 0);
const runs = events.filter(({ name }) => name === 'model_run').slice(batches.length);
const wall = runs.reduce((sum, { dur }) => sum + dur / 1000 / repetitions, 0);
console.log(`${file}, budget ${values.budget}: ${wall.toFixed(0)} ms for ${values.passages} passages on one thread`);
for (const [kind, { ms, count }] of [...kinds].sort(([, a], [, b]) => b.ms - a.ms)) {
  if (ms < total / 500) continue;
  console.log(`| ${kind} | ${count.toFixed(0)} | ${ms.toFixed(1)} ms | ${((100 * ms) / total).toFixed(1)} % |`);
}
console.log(`between operators: ${(wall - total).toFixed(1)} ms, with profiling on`);

function kindOf({ op_name: name, input_type_shape: shapes }) {
  if (!name.includes('MatMul') || !shapes) return name;
  const dimensions = shapes.map((input) => Object.values(input)[0].length);
  return `${name}, ${dimensions.filter((length) => length === 4).length === 2 ? 'attention' : 'weights'}`;
}

// What one passage costs beyond the bare run of its graph: tokenising, sorting, and the way to a worker and back.
//
//   node packages/core/bench/overhead.mjs [MODEL_FOLDER] [GRAPH.onnx] [--calls 200]
//
// The same pair through a reranker with one worker, in this thread, and through a bare one-thread session with its tokens
// ready; in turn, medians. Without arguments: the embedded cross-encoder.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as onnx from 'onnxruntime-node';
import { byScore } from '@secondpass/core';
import { loadCrossEncoder } from '@secondpass/core/models';
import { median } from './passages.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { calls: { type: 'string', default: '200' } },
});
const embedded = join(
  dirname(createRequire(import.meta.url).resolve('@secondpass/model-mini-en/package.json')),
  'model',
);
const [folder = embedded, graph = join(embedded, 'model_int8.onnx')] = positionals;
const query = 'when was the bridge over the river built';
const tokens = 100;
const content = 'the '.repeat(tokens - 11).trim();

const width = tokens;
const feeds = Object.fromEntries(
  ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => {
    const value = (at) => (name === 'input_ids' ? 1996n : name === 'attention_mask' || at > 9 ? 1n : 0n);
    return [
      name,
      new onnx.Tensor(
        'int64',
        BigInt64Array.from({ length: width }, (_, at) => value(at)),
        [1, width],
      ),
    ];
  }),
);
const session = await onnx.InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const withWorker = await loadCrossEncoder(folder, { workers: 1 });
const inProcess = await loadCrossEncoder(folder, { workers: 0 });
const ways = {
  'bare run': () => session.run(feeds),
  'in this thread': () => byScore(inProcess).rerank(query, [{ id: 'p', content }]),
  'one worker': () => byScore(withWorker).rerank(query, [{ id: 'p', content }]),
};
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let call = -20; call < Number(values.calls); call++) {
  for (const [name, way] of Object.entries(ways)) {
    const started = performance.now();
    await way();
    if (call >= 0) times[name].push(performance.now() - started);
  }
}
const bare = median(times['bare run']);
for (const [name, list] of Object.entries(times)) {
  const [all, more] = [median(list), median(list) - bare].map((ms) => ms.toFixed(2));
  console.log(`${name.padEnd(15)} ${all} ms${name === 'bare run' ? '' : `, ${more} ms more`}`);
}
await Promise.all([withWorker.dispose(), inProcess.dispose()]);

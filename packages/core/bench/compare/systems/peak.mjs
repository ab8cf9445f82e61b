// The runtime's own matrix product on as many threads as the others may use: peak.mjs FOLDER fp32|int8 THREADS
import { join } from 'node:path';
import * as onnx from 'onnxruntime-node';
import { serve } from './child.mjs';

const [folder, precision, threads] = process.argv.slice(2);
await serve(async () => {
  const session = await onnx.InferenceSession.create(join(folder, `${precision}.onnx`), {
    intraOpNumThreads: Number(threads),
  });
  const values = precision === 'fp32' ? new Float32Array(1024 * 1024).fill(0.5) : new Uint8Array(1024 * 1024).fill(3);
  const a = new onnx.Tensor(precision === 'fp32' ? 'float32' : 'uint8', values, [1024, 1024]);
  return async () => {
    // The largest rate of ten products, in operations per second.
    let best = 0;
    for (let i = 0; i < 10; i++) {
      const started = performance.now();
      await session.run({ a });
      best = Math.max(best, (2 * 1024 ** 3) / ((performance.now() - started) / 1000));
    }
    return [best];
  };
});

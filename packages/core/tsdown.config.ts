import { defineConfig } from 'tsdown';

/** Four public entries, and the file that inference workers run. */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    models: 'src/models/index.ts',
    evaluate: 'src/evaluate/index.ts',
    testing: 'src/testing/index.ts',
    'onnx-worker': 'src/models/runtime/onnx-worker.ts',
  },
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20.19',
  dts: true,
  shims: true,
  clean: true,
});

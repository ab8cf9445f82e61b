// `npm run test:full`: what takes long or needs more than Node: the examples, packaging, other versions of Node and of peers, real
// servers, faults, WebGPU. Arguments go to the test runner.
import { scriptStep, step } from './steps.mjs';

if (process.argv.length === 2) scriptStep('examples', 'examples.mjs');
step('full tests', ['vitest'], ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)], {
  env: { SECONDPASS_FULL: '1' },
  last: true,
});

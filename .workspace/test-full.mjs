// `npm run test:full`: what takes long or needs more than Node: packaging, peer versions, real servers, faults.
import { step } from './steps.mjs';

step('full tests', ['vitest'], ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)], {
  env: { SECONDPASS_FULL: '1' },
  last: true,
});

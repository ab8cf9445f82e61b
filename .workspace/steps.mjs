import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, tool } from './tool.mjs';

/** Runs a file of this folder as a step. */
export function scriptStep(name, file) {
  run(name, [join(root, '.workspace', file)], {}, false);
}

/**
 * Runs one installed tool, its output as it comes; a failure ends the whole run with the tool's exit status. The last
 * step of a run is `last`: nothing is printed after it, so that the test runner's closing line closes the output.
 */
export function step(name, [packageName, command], args, { env = {}, last = false } = {}) {
  run(name, [tool(packageName, command), ...args], env, last);
}

function run(name, args, env, last) {
  const started = Date.now();
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (done.error || done.status !== 0) {
    if (!last || done.error) console.error(`${name}: failed${done.error ? ` (${done.error.message})` : ''}`);
    process.exit(done.status || 1);
  }
  if (!last) console.error(`${name}: ok in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

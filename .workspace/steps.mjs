import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs one installed tool (from node_modules/.bin), its output as it comes; a failure ends the whole run. */
export function step(name, tool, args, env = {}) {
  const started = Date.now();
  const windows = process.platform === 'win32';
  const done = spawnSync(join(root, 'node_modules', '.bin', windows ? `${tool}.cmd` : tool), args, {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, ...env },
  });
  if (done.error || done.status !== 0) {
    console.error(`${name}: failed${done.error ? ` (${done.error.message})` : ''}`);
    process.exit(done.status || 1);
  }
  console.error(`${name}: ok in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

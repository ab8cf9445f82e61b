// `npm run examples [-- NAME …]`: runs every examples/*/example.mjs, one after another. None needs a key or the network.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tool.mjs';

const wanted = process.argv.slice(2);
const found = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'example.mjs')),
);
/** Examples that are started otherwise, and how. */
const others = {
  demo: 'is run by: npm run demo',
  elasticsearch: 'needs a server: npm run elasticsearch, then node examples/elasticsearch/search.mjs',
};
const other = wanted.find((name) => Object.hasOwn(others, name));
if (other !== undefined) {
  console.error(`The example "${other}" ${others[other]}`);
  process.exit(2);
}
const unknown = wanted.find((name) => !found.includes(name));
if (unknown !== undefined) {
  console.error(`There is no example "${unknown}"; there are ${[...found, ...Object.keys(others)].sort().join(', ')}.`);
  process.exit(2);
}
const failed = [];
for (const name of wanted.length > 0 ? wanted : found) {
  console.log(`\n=== examples/${name}\n`);
  const started = Date.now();
  const done = spawnSync(process.execPath, [join(root, 'examples', name, 'example.mjs')], {
    cwd: root,
    stdio: 'inherit',
    timeout: 300_000,
  });
  if (done.status !== 0) failed.push(name);
  console.error(
    `examples/${name}: ${done.status === 0 ? 'ok' : 'failed'} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
}
if (failed.length > 0) {
  console.error(`${failed.length} of ${found.length} example(s) failed: ${failed.join(', ')}`);
  process.exit(1);
}

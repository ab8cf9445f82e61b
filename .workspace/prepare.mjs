// Makes the workspace ready for a command: right Node, packages installed, sources built. Everything that is already
// done is skipped, so that calling it costs a fraction of a second. Needs only Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pnpmVersion = '10.34.9';
const stampFile = join(root, 'node_modules', '.secondpass-prepared.json');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: secondpass needs Node 20.19 or newer (https://nodejs.org).`);
  process.exit(1);
}

/** Runs a program and ends this one if it fails; its output is shown only then. */
function runQuietly(what, command, args) {
  process.stderr.write(`${what} …\n`);
  const started = Date.now();
  const done = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}\n${what} failed (${command} ${args.join(' ')}).\n`);
    if (done.error) process.stderr.write(`${done.error.message}\n`);
    process.exit(done.status ?? 1);
  }
  process.stderr.write(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** One hash over names and contents: changes when, and only when, the step must run again. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files.filter((path) => existsSync(path)).sort()) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);
const manifests = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  ...packages.map((name) => `packages/${name}/package.json`),
];
const sources = packages.flatMap((name) => [
  ...filesBelow(join(root, 'packages', name, 'src')),
  join(root, 'packages', name, 'tsdown.config.ts'),
  join(root, 'packages', name, 'package.json'),
]);
const builds = packages.filter((name) => existsSync(join(root, 'packages', name, 'tsdown.config.ts')));

let stamp = {};
try {
  stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
} catch {
  // No stamp, or a broken one: everything is done again.
}

const installKey = fingerprint(manifests.map((path) => join(root, path)));
if (stamp.install !== installKey || !existsSync(join(root, 'node_modules', '.modules.yaml'))) {
  runQuietly('Installing packages', 'npx', ['--yes', `pnpm@${pnpmVersion}`, 'install', '--frozen-lockfile']);
}
const buildKey = fingerprint([...sources, join(root, 'tsconfig.base.json')]);
const missing = builds.some((name) => !existsSync(join(root, 'packages', name, 'dist')));
if (process.argv.includes('--build') || missing || stamp.build !== buildKey) {
  runQuietly('Building', 'npx', ['--yes', `pnpm@${pnpmVersion}`, '-r', 'run', 'build']);
}
mkdirSync(join(root, 'node_modules'), { recursive: true });
writeFileSync(stampFile, JSON.stringify({ install: installKey, build: buildKey }));

// Makes the workspace ready for a command: right Node, packages installed, sources built. What is already done is
// skipped, so that calling it again costs a fraction of a second and no network. Needs only Node and npm.
//   --build   build every package, changed or not
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildKey, installKey, workspacePackages } from './packages.mjs';
import { root, tool } from './tool.mjs';

const pnpmVersion = '10.34.9';
const stampFile = join(root, 'node_modules', '.secondpass-prepared.json');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: secondpass needs Node 20.19 or newer.`);
  process.exit(1);
}

/** Runs a program, at most `tries` times; its output is shown only if it fails for good, which ends this program. */
function runQuietly(what, command, args, { cwd = root, env = {}, shell = false, tries = 1 } = {}) {
  process.stderr.write(`${what} …\n`);
  const started = Date.now();
  for (let attempt = 1; ; attempt++) {
    const done = spawnSync(command, args, {
      cwd,
      shell,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env },
    });
    if (done.status === 0) break;
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}`);
    process.stderr.write(`${what} failed (${[command, ...args].join(' ')}), attempt ${attempt} of ${tries}.\n`);
    if (attempt === tries) process.exit(done.status || 1);
  }
  process.stderr.write(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/**
 * npx fetches pnpm once and keeps it; pnpm keeps what it has fetched. So the first try asks no network, which is quick
 * where everything was fetched before and fails at once where it was not. Later tries go on where one broke off.
 */
function install() {
  const windows = process.platform === 'win32';
  const npx = windows ? 'npx.cmd' : 'npx';
  const pnpm = ['--yes', `pnpm@${pnpmVersion}`, 'install', '--frozen-lockfile'];
  const env = {
    npm_config_fetch_retries: '5',
    npm_config_fetch_timeout: '300000',
    npm_config_update_notifier: 'false',
    npm_config_confirm_modules_purge: 'false',
  };
  const offline = spawnSync(npx, ['--offline', ...pnpm, '--offline'], {
    cwd: root,
    shell: windows,
    stdio: 'ignore',
    env: { ...process.env, ...env, npm_config_fetch_retries: '0' },
  });
  if (offline.status === 0) return;
  runQuietly('Installing packages', npx, [...pnpm, '--prefer-offline'], { env, shell: windows, tries: 3 });
}

/** Written in one go: somebody else's command may be reading it. */
function writeStamp(stamp) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(`${stampFile}.${process.pid}`, JSON.stringify(stamp));
  renameSync(`${stampFile}.${process.pid}`, stampFile);
}

let stamp = {};
try {
  stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
} catch {
  // No stamp, or a broken one: everything is looked at again.
}

const packages = workspacePackages();
const wanted = installKey(packages);
if (stamp.install !== wanted || !existsSync(join(root, 'node_modules', '.modules.yaml'))) {
  install();
  stamp = { ...stamp, install: wanted };
  writeStamp(stamp);
}

const built = { ...stamp.built };
const keys = new Map();
for (const one of packages) {
  const { name } = one.manifest;
  const key = buildKey(one, keys);
  keys.set(name, key);
  if (!existsSync(join(one.folder, 'tsdown.config.ts'))) continue;
  const done = built[name] === key && existsSync(join(one.folder, 'dist'));
  if (done && !process.argv.includes('--build')) continue;
  runQuietly(`Building ${name}`, process.execPath, [tool('tsdown')], { cwd: one.folder });
  built[name] = key;
  stamp = { ...stamp, built };
  writeStamp(stamp);
}

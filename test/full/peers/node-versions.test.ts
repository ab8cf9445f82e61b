// Every package as published, installed once, under the Node versions after the oldest supported one (which runs everything else).
// Each Node comes as an npm package.
import { cpSync, mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installAll, onnxruntime } from '../packaging/install-all.ts';
import { entriesOf, packAll, readManifest, root, type Packed } from '../packaging/pack.ts';
import { registryAnswers } from '../packaging/registry.ts';
import { run, type Ran } from '../packaging/run.ts';

const versions = ['22.23.3', '24.21.0'];
const work = mkdtempSync(join(realpathSync(tmpdir()), 'secondpass-node-'));
const folder = join(work, 'stranger');
const windows = process.platform === 'win32';
const runtime = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const registry = await registryAnswers();
let packed: Packed[] = [];

beforeAll(async () => {
  if (!registry) return;
  packed = await packAll(join(work, 'tarballs'));
  const { devDependencies } = readManifest(root);
  const others = ['@langchain/classic', 'fast-check'].map((name) => `${name}@${devDependencies![name]!}`);
  const nodes = versions.map((version) => `node-${version}@npm:${runtime}@${version}`);
  await installAll(folder, packed, [onnxruntime, ...others, ...nodes]);
  cpSync(fileURLToPath(new URL('uses', import.meta.url)), folder, { recursive: true });
});
afterAll(() => rm(work, { recursive: true, force: true }), 600_000);

describe.skipIf(!registry).each(versions)(`Node %s${registry ? '' : ' (needs a package registry)'}`, (version) => {
  const node = join(folder, 'node_modules', `node-${version}`, 'bin', windows ? 'node.exe' : 'node');
  const use = (script: string, ...args: string[]): Promise<Ran> =>
    run(node, [join(folder, script), ...args], { cwd: folder });

  it('is the Node that runs', async () => {
    expect(await run(node, ['--version'], { cwd: folder })).toMatchObject({ status: 0, stdout: `v${version}\n` });
  });

  it('loads every entry of every package, as ECMAScript module and as CommonJS', async () => {
    const entries = packed.flatMap(({ manifest }) => entriesOf(manifest));
    expect(entries.length).toBeGreaterThan(8);
    const imported = await use('entries.mjs', 'import', ...entries);
    expect(imported).toMatchObject({ status: 0, stderr: '' });
    expect(await use('entries.mjs', 'require', ...entries)).toEqual(imported);
    const names = Object.values(JSON.parse(imported.stdout) as Record<string, string[]>);
    expect(names.every((one) => one.length > 0)).toBe(true);
  });

  it.each(['core', 'elasticsearch', 'langchain', 'llamaindex', 'ai-sdk'])('runs @secondpass/%s', async (name) => {
    const { stdout, stderr, status } = await use(`${name}.mjs`);
    expect([stdout.trim(), status], stderr).toEqual(['ok', 0]);
  });

  it('runs the command', async () => {
    const command = join(folder, 'node_modules', 'secondpass', 'bin', 'secondpass.js');
    const argv = ['search', 'word-overlap.mjs', '--query', 'Which module scores by words in common?', '--json'];
    const { stdout, stderr, status } = await run(node, [command, ...argv], { cwd: folder });
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as { results: unknown[] }).results.length).toBeGreaterThan(0);
    expect(await run(node, [command, 'doctor'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
  });
});

// The built package where it was copied to: what a user without the runtime, or with a bundle, sees. Needs a build.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { tiny } from './tiny.ts';

const run = promisify(execFile);
const core = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(join(core, 'package.json'));
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));
const tokenizers = join(core, 'node_modules', '@huggingface', 'tokenizers');

/** A folder with the built core installed in it, and these packages beside it. */
async function install(links: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secondpass-installed-'));
  const modules = join(folder, 'node_modules');
  const target = join(modules, '@secondpass', 'core');
  await cp(join(core, 'dist'), join(target, 'dist'), { recursive: true });
  await cp(join(core, 'package.json'), join(target, 'package.json'));
  for (const [name, path] of Object.entries({ '@huggingface/tokenizers': tokenizers, ...links })) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(path, join(modules, name), 'junction');
  }
  return folder;
}

const program = (rest: string): string => `
  import { loadReranker } from '@secondpass/core/models';
  const candidates = ['a river', 'the town'].map((content, id) => ({ id: String(id), content }));
  ${rest}`;
async function runIn(folder: string, source: string, name = 'main.mjs'): Promise<string> {
  await writeFile(join(folder, name), source);
  return runFile(folder, name);
}

async function runFile(folder: string, name: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [name], {
    cwd: folder,
    timeout: 30_000,
    env: { ...process.env, NODE_PATH: '' },
  });
  return stdout + stderr;
}

const rerank = program(`
  const reranker = await loadReranker(${JSON.stringify(tiny('one'))}, { workers: 2 });
  const { results, notes } = await reranker.rerank('who', candidates);
  console.log(results.filter(({ score }) => score).length, notes.map(({ code }) => code).join());`);

describe('an installed core', () => {
  let whole: string;
  beforeAll(async () => {
    whole = await install({ 'onnxruntime-node': folderOf('onnxruntime-node') });
  });

  it('runs in workers, and the program ends by itself without dispose()', async () => {
    expect(await runIn(whole, rerank)).toBe('2 \n');
  });

  it('does so from CommonJS', async () => {
    const source = rerank
      .replace(
        "import { loadReranker } from '@secondpass/core/models';",
        "const { loadReranker } = require('@secondpass/core/models'); (async () => {",
      )
      .concat('})();');
    expect(await runIn(whole, source, 'main.cjs')).toBe('2 \n');
  });

  it('runs where a program may not import, as CommonJS in Jest may not, in workers and in this thread', async () => {
    const source = `
      const { readFileSync } = require('node:fs');
      const { createRequire } = require('node:module');
      const { dirname, join } = require('node:path');
      const { Script } = require('node:vm');
      // A script without importModuleDynamically.
      const load = (file) => {
        const own = createRequire(file);
        const beside = (name) => (name.startsWith('.') ? load(join(dirname(file), name)) : own(name));
        const module = { exports: {} };
        const text = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(file, 'utf8') + '})';
        new Script(text, { filename: file }).runInThisContext()(module.exports, beside, module, file, dirname(file));
        return module.exports;
      };
      const { describeRuntime, loadCrossEncoder } = load(require.resolve('@secondpass/core/models'));
      (async () => {
        const { devices, problem } = await describeRuntime();
        console.log(devices.includes('cpu'), problem);
        for (const workers of [0, 1]) {
          const scorer = await loadCrossEncoder(${JSON.stringify(tiny('one'))}, { workers });
          const { value, notes } = await scorer.score('who', [{ id: 'a', content: 'a river' }]);
          console.log(workers, value.scores.length, notes.length);
          await scorer.dispose();
        }
      })();`;
    expect(await runIn(whole, source, 'script.cjs')).toBe('true undefined\n0 1 0\n1 1 0\n');
  });

  it.each(['esm', 'cjs'] as const)(
    'bundled as %s runs in this thread, with a note, or finds the installed worker',
    async (format) => {
      // The bundler of the build: any other does the same to import.meta.url.
      const bundler = createRequire(
        require.resolve('tsdown/package.json', { paths: [join(core, '..', '..')] }),
      ).resolve('rolldown');
      const { rolldown } = (await import(pathToFileURL(bundler).href)) as {
        rolldown: (options: object) => Promise<{ write: (options: object) => Promise<unknown> }>;
      };
      await writeFile(
        join(whole, 'entry.mjs'),
        `(async () => {${rerank.replace(/import \{ (\w+) \} from '(.*)';/, "const { $1 } = await import('$2');")}})();`,
      );
      const bundle = await rolldown({
        input: join(whole, 'entry.mjs'),
        platform: 'node',
        external: ['onnxruntime-node'],
        logLevel: 'silent',
      });
      const name = format === 'esm' ? 'bundle.mjs' : 'bundle.cjs';
      await bundle.write({ file: join(whole, name), format, codeSplitting: false });
      const beside = await runFile(whole, name);
      expect(['2 \n', '2 in-process\n']).toContain(beside);

      const folder = await install({ 'onnxruntime-node': folderOf('onnxruntime-node') });
      await rm(join(folder, 'node_modules', '@secondpass'), { recursive: true });
      await cp(join(whole, name), join(folder, name));
      expect(await runFile(folder, name)).toBe('2 in-process\n');
    },
  );

  it('without its worker file runs in this thread, with a note', async () => {
    const folder = await install({ 'onnxruntime-node': folderOf('onnxruntime-node') });
    for (const name of ['onnx-worker.mjs', 'onnx-worker.cjs'])
      await rm(join(folder, 'node_modules/@secondpass/core/dist', name));
    expect(await runIn(folder, rerank)).toBe('2 in-process\n');
  });

  it('without onnxruntime-node says how to install it, for each package manager; in a worker and in this thread', async () => {
    const folder = await install({});
    for (const workers of [0, 1]) {
      const source = program(`
        const error = await loadReranker(${JSON.stringify(tiny('one'))}, { workers: ${workers} }).catch((error) => error);
        console.log(error.code, error.message);`);
      const said = await runIn(folder, source);
      expect(said).toContain('missing-dependency onnxruntime-node is not installed');
      expect(said).toContain('ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node');
      for (const line of ['pnpm add', 'yarn add', 'bun add']) expect(said).toContain(`${line} onnxruntime-node`);
    }
  });

  it('without the embedded model says how to install it', async () => {
    const source = program(`
      const error = await loadReranker().catch((error) => error);
      console.log(error.code, error.message);`);
    const said = await runIn(whole, source);
    expect(said).toContain('missing-dependency @secondpass/model-mini-en is not installed');
    expect(said).toContain('npm install @secondpass/model-mini-en');
  });

  it('loads no native code until a model is loaded', async () => {
    const source = `
      import '@secondpass/core';
      import '@secondpass/core/models';
      console.log(process.report.getReport().sharedObjects.filter((path) => path.includes('onnxruntime')).length);`;
    expect(await runIn(whole, source)).toBe('0\n');
  });
});

// Packs every package, installs the tarballs in an empty folder with plain npm, and uses them as a stranger would.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installAll, onnxruntime } from './install-all.ts';
import { entriesOf, filesOf, packAll, readManifest, root, type Packed } from './pack.ts';
import { registryAnswers } from './registry.ts';
import { mustRun, run, runScript } from './run.ts';

const work = mkdtempSync(join(realpathSync(tmpdir()), 'secondpass-packaging-'));
/** A stranger's folder with the tarballs and no ONNX runtime, and another with it. */
const without = join(work, 'without-onnx');
const withOnnx = join(work, 'with-onnx');
const tools = join(work, 'tools');
const pinnedTools = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5', 'esbuild@0.28.1'];
let packed: Packed[] = [];
const registry = await registryAnswers();
const needs = registry ? '' : ' (needs a package registry)';

const folderOf = (name: string, base: string = without): string => join(base, 'node_modules', name);
const entries = (): string[] => packed.flatMap(({ manifest }) => entriesOf(manifest));

beforeAll(async () => {
  if (!registry) return;
  packed = await packAll(join(work, 'tarballs'));
  await installAll(without, packed);
  await installAll(withOnnx, packed, [onnxruntime]);
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'package.json'), JSON.stringify({ name: 'tools', private: true, version: '1.0.0' }));
  await mustRun('npm', ['install', '--no-audit', '--no-fund', ...pinnedTools], { cwd: tools });
}, 900_000);

afterAll(() => rm(work, { recursive: true, force: true }), 600_000);

describe.skipIf(!registry)(`what a package holds${needs}`, () => {
  it('is the build, the model, and papers: no source, no test, no training, no state', () => {
    const allowed = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|MODEL_CARD\.md|(dist|model|bin)\/.+)$/;
    const refused =
      /(^|\/)(src|test|tests|training|bench|node_modules|coverage)\/|\.(test|spec)\.|\.tsbuildinfo$|\.log$|\.pt$|\.npz$/;
    for (const { name } of packed) {
      const files = filesOf(folderOf(name));
      expect(
        files.filter((path) => !allowed.test(path) || refused.test(path)),
        name,
      ).toEqual([]);
      for (const paper of ['README.md', 'LICENSE'])
        expect(statSync(join(folderOf(name), paper)).size, `${name}/${paper}`).toBeGreaterThan(200);
    }
  });

  it('runs nothing while installing, and names real versions', () => {
    for (const { name } of packed) {
      const { scripts = {}, dependencies = {}, peerDependencies = {} } = readManifest(folderOf(name));
      const hooks = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']);
      expect(
        Object.keys(scripts).filter((script) => hooks.has(script)),
        name,
      ).toEqual([]);
      expect(JSON.stringify([dependencies, peerDependencies]), name).not.toMatch(/workspace:|file:|link:/);
      expect(existsSync(join(folderOf(name), 'binding.gyp')), name).toBe(false);
    }
  });

  it('carries no path of the machine it was built on', () => {
    for (const { name } of packed) {
      const found = filesOf(folderOf(name))
        .filter((path) => /\.(m?js|cjs|m?ts|cts|json|md|map)$/.test(path))
        .filter((path) => readFileSync(join(folderOf(name), path), 'utf8').includes(root.replace(/[\\/]$/, '')));
      expect(found, name).toEqual([]);
    }
  });

  it('is at most 48 MB for the model package', () => {
    const model = packed.find(({ name }) => name === '@secondpass/model-mini-en')!;
    const unpacked = filesOf(folderOf(model.name)).reduce(
      (sum, path) => sum + statSync(join(folderOf(model.name), path)).size,
      0,
    );
    expect(model.bytes).toBeLessThanOrEqual(48_000_000);
    expect(unpacked).toBeLessThanOrEqual(48_000_000);
    expect(unpacked).toBeGreaterThan(1_000_000);
  });
});

describe.skipIf(!registry)(`imports${needs}`, () => {
  it('load from ECMAScript modules and from CommonJS, with the same names, without the ONNX runtime', async () => {
    expect(entries()).toContain('@secondpass/core/models');
    for (const entry of entries()) {
      const names =
        'console.log(JSON.stringify(Object.keys(found).filter((name) => name !== "default" && name !== "module.exports").sort()))';
      const asModule = await runScript(`const found = await import('${entry}'); ${names}`, without, 'module');
      const asCommonJs = await runScript(`const found = require('${entry}'); ${names}`, without, 'commonjs');
      expect(asModule, entry).toMatchObject({ status: 0, stderr: '' });
      expect(asCommonJs, entry).toMatchObject({ status: 0, stderr: '' });
      expect(asModule.stdout, entry).toBe(asCommonJs.stdout);
      expect(JSON.parse(asModule.stdout), entry).not.toEqual([]);
    }
  });

  it('of the core and of its models load no native code, even where the runtime is installed', async () => {
    const watch =
      'const opened = []; const open = process.dlopen; process.dlopen = (...a) => { opened.push(a[1]); return open(...a); };';
    const say = 'console.log(JSON.stringify(opened));';
    for (const entry of entries().filter((name) => name.startsWith('@secondpass/core'))) {
      const asModule = await runScript(`${watch} await import('${entry}'); ${say}`, withOnnx, 'module');
      const asCommonJs = await runScript(`${watch} require('${entry}'); ${say}`, withOnnx, 'commonjs');
      expect([entry, asModule.stdout.trim(), asCommonJs.stdout.trim()]).toEqual([entry, '[]', '[]']);
    }
    const control = await runScript(`${watch} require('onnxruntime-node'); ${say}`, withOnnx, 'commonjs');
    expect(control.stdout).toMatch(/onnxruntime_binding\.node/);
  });
});

const score = `
  .then(async ({ loadReranker }) => {
    const reranker = await loadReranker();
    const candidates = ['Dune was written by Frank Herbert.', 'Cats sleep most of the day.'].map((content, i) => ({ id: String(i), content }));
    const { results, runs } = await reranker.rerank('Who wrote Dune?', candidates);
    console.log(JSON.stringify({ ids: results.map(({ candidate }) => candidate.id), scores: results.map(({ score }) => score.value), runs }));
    await reranker.dispose();
  })
  .catch((error) => { console.log(JSON.stringify({ code: error.code, message: error.message })); process.exitCode = 3; });`;
const asModule = `import('@secondpass/core/models')${score}`;
const asCommonJs = `Promise.resolve(require('@secondpass/core/models'))${score}`;

/** What a script that scored has printed, or all it said instead. */
function scored({ status, stdout, stderr }: Awaited<ReturnType<typeof run>>): object {
  if (status !== 0 || stderr !== '') return { status, stdout, stderr };
  const { ids, scores } = JSON.parse(stdout) as { ids: string[]; scores: number[] };
  return { ids, descending: scores[0]! > scores[1]! };
}
const right = { ids: ['0', '1'], descending: true };

describe.skipIf(!registry)(`models from the installed packages${needs}`, () => {
  it.each(['module', 'commonjs'] as const)(
    'say how to install the ONNX runtime where it is missing (%s)',
    async (type) => {
      const ran = await runScript(type === 'module' ? asModule : asCommonJs, without, type);
      expect(ran.status, ran.stderr).toBe(3);
      const { code, message } = JSON.parse(ran.stdout) as { code: string; message: string };
      expect(code).toBe('missing-dependency');
      expect(message).toMatch(/ONNXRUNTIME_NODE_INSTALL=skip npm i\S* onnxruntime-node/);
      expect(message).toMatch(/pnpm add/);
      expect(message).toMatch(/yarn add/);
    },
  );

  it.each(['module', 'commonjs'] as const)('score where it is installed, in worker threads (%s)', async (type) => {
    expect(scored(await runScript(type === 'module' ? asModule : asCommonJs, withOnnx, type))).toEqual(right);
  });

  it.each(['esm', 'cjs'] as const)('score from an esbuild bundle (%s)', async (format) => {
    const source = join(withOnnx, `bundle-me.${format === 'esm' ? 'mjs' : 'cjs'}`);
    const bundle = join(withOnnx, `bundled.${format === 'esm' ? 'mjs' : 'cjs'}`);
    writeFileSync(source, format === 'esm' ? asModule : asCommonJs);
    const esbuild = join(tools, 'node_modules', 'esbuild', 'bin', 'esbuild');
    const args = [
      source,
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      '--external:onnxruntime-node',
      `--outfile=${bundle}`,
    ];
    await mustRun(esbuild, args, { cwd: withOnnx });
    expect(readFileSync(bundle, 'utf8')).not.toMatch(/(from|require\()\s*['"]@secondpass\/core/);
    expect(scored(await run(process.execPath, [bundle], { cwd: withOnnx, timeoutMs: 120_000 }))).toEqual(right);
  });

  it('run through the installed command', async () => {
    writeFileSync(join(withOnnx, 'notes.md'), 'Cats sleep most of the day.\n\nDune was written by Frank Herbert.\n');
    const bin = join(withOnnx, 'node_modules', 'secondpass', 'bin', 'secondpass.js');
    const found = await run(process.execPath, [bin, 'search', 'notes.md', '--query', 'Who wrote Dune?', '--json'], {
      cwd: withOnnx,
    });
    expect(found.status, found.stderr).toBe(0);
    expect(found.stdout).toMatch(/Frank Herbert/);
  });
});

/** A stranger's TypeScript file. */
const consumer = (imports: string): string => `${imports}
const reranker: Reranker = cascade(cut(10), inputOrder);
interface Page extends Candidate { readonly page: number }
const candidates: readonly Page[] = [{ id: 'a', content: 'text', page: 3 }];
export async function firstPage(): Promise<number | undefined> {
  const { results, notes } = await reranker.rerank('question', candidates, { topK: 1 });
  if (notes.length > 0) throw new SecondpassError('failed', notes[0]!.message);
  return results[0]?.candidate.page;
}
// @ts-expect-error an option that does not exist
void reranker.rerank('question', candidates, { topN: 1 });
`;

describe.skipIf(!registry)(`types${needs}`, () => {
  it.each([
    ['node16', 'node16', 'consumer.mts'],
    ['node16', 'node16', 'consumer.cts'],
    ['esnext', 'bundler', 'consumer.ts'],
  ])('of every package hold in module %s, resolution %s (%s)', async (module, moduleResolution, file) => {
    const folder = join(withOnnx, `types-${moduleResolution}-${file.split('.')[1]!}`);
    mkdirSync(folder, { recursive: true });
    const names =
      "import { cascade, cut, inputOrder, SecondpassError, type Candidate, type Reranker } from '@secondpass/core';";
    const all = entries().map((entry, index) => `import * as all${index} from '${entry}';\nexport { all${index} };`);
    writeFileSync(join(folder, file), consumer([names, ...all].join('\n')));
    const options = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }));
    const { stdout } = await run(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { cwd: folder },
    );
    // Frameworks' own declarations do not all pass a strict check: only ours, the consumer, and what ours might draw in must.
    const errors = stdout.split('\n').filter((line) => /error TS/.test(line));
    expect(
      errors.filter(
        (line) => !/node_modules\//.test(line) || /node_modules\/(@secondpass|secondpass|@huggingface)\//.test(line),
      ),
    ).toEqual([]);
  });

  it('and manifests please publint and are-the-types-wrong', async () => {
    for (const { name, tarball, manifest } of packed) {
      const publint = await run(
        process.execPath,
        [join(tools, 'node_modules/publint/src/cli.js'), tarball, '--strict'],
        { cwd: work },
      );
      expect(publint.status, `${name}\n${publint.stdout}${publint.stderr}`).toBe(0);
      if (entriesOf(manifest).length === 0) continue;
      const attw = join(tools, 'node_modules/@arethetypeswrong/cli/dist/index.js');
      const types = await run(
        process.execPath,
        [attw, tarball, '--profile', 'node16', '--exclude-entrypoints', './package.json', '--format', 'ascii'],
        { cwd: work },
      );
      expect(types.status, `${name}\n${types.stdout}${types.stderr}`).toBe(0);
    }
  });
});

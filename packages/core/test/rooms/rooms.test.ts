import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { brokenRule, foldersOfModels, importsOf, rooms } from './rules.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const dist = join(root, 'packages/core/dist');

function sourceFiles(): string[] {
  const files: string[] = [];
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name, 'src');
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name)) files.push(join(entry.parentPath, entry.name));
    }
  }
  return files.map((file) => relative(root, file).split(sep).join('/')).sort();
}

/** The native libraries of Node add-ons that a program has loaded by its end. */
const addonsOf = (program: string): string[] => {
  const show = 'process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))';
  const args = ['--input-type=module', '-e', `${program}; ${show}`];
  const output = execFileSync(process.execPath, args, { cwd: join(root, 'packages/core'), encoding: 'utf8' });
  return (JSON.parse(output) as string[]).filter((path) => path.endsWith('.node'));
};
const url = (file: string): string => JSON.stringify(pathToFileURL(join(dist, file)).href);

test('every import keeps to the rooms', () => {
  const files = sourceFiles();
  expect(files.length).toBeGreaterThan(50);
  const broken: string[] = [];
  for (const file of files) {
    for (const found of importsOf(readFileSync(join(root, file), 'utf8'))) {
      const rule = brokenRule(file, found);
      if (rule) broken.push(`${file}:${found.line} imports '${found.specifier}': ${rule}`);
    }
  }
  expect(broken).toEqual([]);
});

test('every room is a folder, every folder a room, and docs/design.md has a row for each', () => {
  const named = Object.keys(rooms).filter((room) => room !== 'base');
  const folders = readdirSync(join(root, 'packages/core/src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const design = readFileSync(join(root, 'docs/design.md'), 'utf8');
  const rows = Array.from(design.matchAll(/^\| `(\w+)` \| .+ \| (.+) \|$/gm), ([, room, imports]) => ({
    room: room!,
    imports,
  }));
  expect(folders.sort()).toEqual(named.sort());
  expect(rows.map(({ room }) => room).sort()).toEqual(named);
  for (const { room, imports } of rows) {
    const { values, types = [] } = rooms[room]!;
    const written = [...values.map((name) => `\`${name}\``), ...types.map((name) => `\`${name}\` as types`)].join(', ');
    expect(`${room}: ${imports}`).toBe(`${room}: ${written || (room === 'maths' ? 'nothing' : '–')}`);
  }
});

test('docs/design.md names every base file, and every folder of models with what it may import', () => {
  const core = join(root, 'packages/core/src');
  const design = readFileSync(join(root, 'docs/design.md'), 'utf8');
  const listed = /the base files \(([^)]+)\)/.exec(design)?.[1] ?? '';
  const base = readdirSync(core).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
  expect(Array.from(listed.matchAll(/`([\w-]+)`/g), ([, name]) => `${name}.ts`).sort()).toEqual(base.sort());
  const rows = Array.from(design.matchAll(/^\| `models\/(\w+)` \| .+ \| (.+) \|$/gm), ([, folder, imports]) => [
    folder!,
    imports,
  ]);
  const rules = Object.entries(foldersOfModels);
  expect(rows).toEqual(rules.map(([folder, to]) => [folder, to.map((name) => `\`${name}\``).join(', ') || '–']));
  const folders = readdirSync(join(core, 'models'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(rules.map(([folder]) => folder).sort());
});

test('rooms have no index.ts; only public entries do', () => {
  const entries = sourceFiles().filter((file) => /^packages\/core\/.*\/index\.ts$/.test(file));
  expect(entries).toEqual(
    ['evaluate', 'models', 'testing', ''].map((room) => join('packages/core/src', room, 'index.ts').split(sep).join('/')).sort(), // prettier-ignore
  );
});

describe('the rules catch what breaks them', () => {
  test.each([
    ['packages/core/src/maths/dot.ts', '../rerank/order.ts', 'maths may not import rerank'],
    ['packages/core/src/resilience/with-x.ts', '../rerank/order.ts', 'resilience may not import rerank'],
    ['packages/core/src/score/blend.ts', '../models/encoder.ts', 'score sees models as types only'],
    ['packages/core/src/rerank/x.ts', '../resilience/timer.ts', 'rerank may not import resilience'],
    ['packages/core/src/errors.ts', './maths/sigmoid.ts', 'base files'],
    ['packages/core/src/check.ts', './rerank/order.ts', 'base may not import rerank'],
    ['packages/core/src/rerank/x.ts', '../index.ts', 'entries are for users'],
    ['packages/core/src/index.ts', './models/encoder.ts', 'lists no names of models'],
    ['packages/core/src/index.ts', './load/load-reranker.ts', 'lists no names of load'],
    ['packages/core/src/score/x.ts', 'onnxruntime-node', 'may import onnxruntime-node'],
    ['packages/core/src/models/other.ts', 'onnxruntime-node', 'may import onnxruntime-node'],
    ['packages/core/src/models/tokenize/x.ts', '../runtime/batch.ts', 'models/tokenize may not import models/runtime'],
    ['packages/core/src/models/runtime/x.ts', '../encoder.ts', 'may not import what stands beside it'],
    ['packages/core/src/models/attic/x.ts', '../files/prompt.ts', 'no folder "attic"'],
    ['packages/core/src/rerank/x.ts', 'fast-check', 'may import fast-check'],
    ['packages/core/src/rerank/x.ts', '@langchain/core/documents', 'no framework'],
    ['packages/core/src/rerank/x.ts', '@secondpass/langchain', 'no package of ours'],
    ['packages/core/src/attic/x.ts', '../errors.ts', 'no room "attic"'],
    ['packages/langchain/src/x.ts', '../../core/src/errors.ts', 'never by a path out of src'],
    ['packages/langchain/src/x.ts', '@secondpass/core/dist/index.mjs', 'exports only'],
    ['packages/langchain/src/x.ts', '@secondpass/llamaindex', 'never import each other'],
    ['packages/langchain/src/x.ts', 'secondpass', 'nobody imports the command'],
    ['packages/cli/src/x.ts', 'onnxruntime-node', 'only the core runs models'],
  ])('%s importing %s', (file, specifier, rule) => {
    expect(brokenRule(file, { specifier, typeOnly: false })).toContain(rule);
  });

  test.each([
    ['packages/core/src/score/blend.ts', '../models/encoder.ts', true],
    ['packages/core/src/score/blend.ts', '../maths/sigmoid.ts', false],
    ['packages/core/src/decompose/gather.ts', '../fusion/key.ts', false],
    ['packages/core/src/testing/law.ts', '../rerank/cascade.ts', false],
    ['packages/core/src/models/runtime/onnx-session.ts', 'onnxruntime-node', true],
    ['packages/core/src/models/encoder.ts', './runtime/batch.ts', false],
    ['packages/core/src/models/hub/request.ts', '../http/bearer.ts', false],
    ['packages/langchain/src/x.ts', '@secondpass/core/models', false],
    ['packages/cli/src/x.ts', '@secondpass/langchain', false],
  ])('%s may import %s', (file, specifier, typeOnly) => {
    expect(brokenRule(file, { specifier, typeOnly })).toBeUndefined();
  });

  test('imports of every spelling are seen, comments are not', () => {
    const source = [
      "import a from './a.ts';",
      "import type { B } from './b.ts';",
      'import {\n  type C,\n  type D,\n} from "x";'.replaceAll('"', "'"),
      "import { type E, f } from './e.ts';",
      "export * from './g.ts';",
      "import './h.ts';",
      "const i = await import('./i.ts');",
      "const j = require('./j.cjs');",
      "// import k from './k.ts';",
      "/** import l from './l.ts' */",
      "const text = `\nimport m from './m.ts';\n`;",
    ].join('\n');
    expect(importsOf(source).map(({ line, specifier, typeOnly }) => [line, specifier, typeOnly])).toEqual([
      [1, './a.ts', false],
      [2, './b.ts', true],
      [3, 'x', true],
      [7, './e.ts', false],
      [8, './g.ts', false],
      [9, './h.ts', false],
      [10, './i.ts', false],
      [11, './j.cjs', false],
    ]);
  });
});

describe.skipIf(!existsSync(join(dist, 'index.mjs')))('the built main entry (needs a build)', () => {
  test('loads no native code, neither as ESM nor as CommonJS', () => {
    expect(addonsOf(`await import(${url('index.mjs')})`)).toEqual([]);
    const require = `import { createRequire } from 'node:module'; createRequire(${url('x.cjs')})('./index.cjs')`;
    expect(addonsOf(require)).toEqual([]);
    expect(addonsOf(`await import(${url('models.mjs')}); await import(${url('testing.mjs')})`)).toEqual([]);
  });

  test('native code would be seen', () => {
    expect(addonsOf("await import('onnxruntime-node')").join()).toContain('onnxruntime');
  });

  test('needs no package: only OpenTelemetry, and that only when it is asked for', () => {
    const seen = new Set<string>();
    const outside = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const { specifier } of importsOf(readFileSync(join(dist, file), 'utf8'))) {
        if (specifier.startsWith('.')) visit(specifier.slice(2));
        else if (!specifier.startsWith('node:')) outside.add(specifier);
      }
    };
    visit('index.mjs');
    expect([...outside]).toEqual(['@opentelemetry/api']);
  });
});

// Examples in the documentation are code: those marked `<!-- typed -->` compile, those marked `<!-- runnable -->` also
// run, against the build, and print what the block below them says.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dist = join(root, 'packages/core/dist');

interface Example {
  readonly place: string;
  readonly runnable: boolean;
  readonly code: string;
  readonly prints: string | undefined;
}

function examplesIn(file: string): Example[] {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const blocks = /<!-- (runnable|typed) -->\n```ts\n([\s\S]*?)\n```(?:\n```text\n([\s\S]*?\n)```)?/g;
  return Array.from(text.matchAll(blocks), ([, mark, code, prints], index) => ({
    place: `${relative(root, file)}, example ${index + 1}`,
    runnable: mark === 'runnable',
    code: code!,
    prints,
  }));
}

function documents(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(root, 'docs', file));
  const readmes = ['', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]
    .map((folder) => join(root, folder, 'README.md'))
    .filter((file) => existsSync(file));
  return [...docs, ...readmes];
}

const examples = documents().flatMap(examplesIn);

test('the examples are found', () => {
  const places = examples.map(({ place }) => place);
  expect(places).toContain(`${join('docs', 'design.md')}, example 1`);
  expect(places).toContain(`${join('packages', 'core', 'README.md')}, example 3`);
});

test('the examples compile, with the strictness of the workspace', { timeout: 180_000 }, () => {
  const config = ts.readConfigFile(join(root, 'test/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(root, 'test'));
  // An example may show a result without using it.
  const strict = { ...options, noUnusedLocals: false, noEmit: true, baseUrl: join(root, 'test') };
  const sources = new Map(
    examples.map(({ code }, index) => [join(root, 'packages/core/test', `example-${index}.ts`), code]),
  );
  const host = ts.createCompilerHost(strict);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => sources.has(join(file)) || fileExists(file);
  host.readFile = (file) => sources.get(join(file)) ?? readFile(file);
  host.getSourceFile = (file, ...more) => {
    const code = sources.get(join(file));
    return code === undefined ? getSourceFile.call(host, file, ...more) : ts.createSourceFile(file, code, more[0]);
  };
  const program = ts.createProgram([...sources.keys()], strict, host);
  const problems = [...sources.keys()].flatMap((file, index) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${examples[index]!.place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
  expect(problems).toEqual([]);
});

describe.skipIf(!existsSync(join(dist, 'index.mjs')))('the examples run (needs a build)', () => {
  test.each(examples.filter(({ runnable }) => runnable))('$place', async ({ code, prints }) => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const program = outputText.replaceAll(/'@secondpass\/([\w-]+)(?:\/(\w+))?'/g, (_, name: string, entry = 'index') =>
      JSON.stringify(pathToFileURL(join(root, 'packages', name, 'dist', `${entry}.mjs`)).href),
    );
    const folder = mkdtempSync(join(tmpdir(), 'secondpass-'));
    try {
      const file = join(folder, 'example.mjs');
      writeFileSync(file, program);
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
      expect(stderr).toBe('');
      expect(stdout.replaceAll('\r\n', '\n')).toBe(prints ?? '');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

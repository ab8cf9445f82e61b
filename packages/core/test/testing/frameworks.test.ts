// The laws under Node's own test runner, from the built package, as a user would run them. (Under vitest they run in
// the other files of this folder.)
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** Runs a test file with `node --test` and returns its summary and exit status. */
function nodeTest(body: string): { output: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'secondpass-'));
  try {
    const url = (file: string): string => JSON.stringify(pathToFileURL(join(dist, file)).href);
    const file = join(folder, 'laws.test.mjs');
    const imports = `import test from 'node:test';
      import { byScore, cut, inputOrder } from ${url('index.mjs')};
      import { scriptedScorer, testReranker, testScorer } from ${url('testing.mjs')};`;
    writeFileSync(file, `${imports}\n${body}`);
    const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const done = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], { encoding: 'utf8', env });
    return { output: done.stdout, status: done.status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!existsSync(join(dist, 'testing.mjs')))('node:test (needs a build)', () => {
  test('runs the laws', () => {
    const { output, status } = nodeTest(`
      testReranker('inputOrder', inputOrder, { test, timeoutMs: 20_000 });
      testScorer('scripted', scriptedScorer({ a: 1 }), { test });`);
    expect(output).toContain('inputOrder: topK is a prefix of the whole');
    expect(output).toContain('scripted: pointwise: the same score alone and in company');
    expect(output).toMatch(/# fail 0/);
    expect(status).toBe(0);
  });

  test('fails when a law is broken', () => {
    const { output, status } = nodeTest("testReranker('cut', cut(0), { test });");
    expect(output).toMatch(/not ok \d+ - cut: keeps every candidate/);
    expect(output).toMatch(/\n# fail [1-9]/);
    expect(status).toBe(1);
  });
});

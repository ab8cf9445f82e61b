// A Next.js app with a route that reranks: from packed tarballs, built, started and asked, with and without the setting
// that keeps packages out of its bundle.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxruntime } from './install-all.ts';
import { packAll } from './pack.ts';
import { registryAnswers } from './registry.ts';
import { mustRun } from './run.ts';

const app = mkdtempSync(join(realpathSync(tmpdir()), 'secondpass-next-'));
const next = ['next@15.5.29', 'react@19.3.1', 'react-dom@19.3.1'];
const quiet = { NEXT_TELEMETRY_DISABLED: '1', ONNXRUNTIME_NODE_INSTALL: 'skip' };
const registry = await registryAnswers();
const needs = registry ? '' : ' (needs a package registry)';

const files: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'app', private: true, version: '1.0.0' }),
  'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;',
  'app/page.js': 'export default () => <p>hello</p>;',
  'app/api/rerank/route.js': `
import { loadReranker } from '@secondpass/core/models';
export const dynamic = 'force-dynamic';
let loading;
export async function GET() {
  const reranker = await (loading ??= loadReranker(undefined, { workers: 1 }));
  const texts = ['Cats sleep most of the day.', 'Dune was written by Frank Herbert.'];
  const { results, notes } = await reranker.rerank('Who wrote Dune?', texts.map((content, i) => ({ id: String(i), content })));
  return Response.json({ ids: results.map(({ candidate }) => candidate.id), notes: notes.map(({ code }) => code) });
}`,
};

beforeAll(async () => {
  if (!registry) return;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(app, path, '..'), { recursive: true });
    writeFileSync(join(app, path), text);
  }
  const packed = await packAll(join(app, 'tarballs'));
  const ours = packed.filter(({ name }) => ['@secondpass/core', '@secondpass/model-mini-en'].includes(name));
  const wanted = [...ours.map(({ tarball }) => tarball), onnxruntime, ...next];
  await mustRun('npm', ['install', '--no-audit', '--no-fund', ...wanted], { cwd: app, env: quiet });
}, 900_000);
afterAll(() => rm(app, { recursive: true, force: true }), 600_000);

describe.skipIf(!registry)(`a Next.js app${needs}`, () => {
  it.each([
    ['with serverExternalPackages', `{ serverExternalPackages: ['@secondpass/core', 'onnxruntime-node'] }`],
    ['with everything bundled', '{}'],
  ])('%s reranks in worker threads', async (_, config) => {
    writeFileSync(join(app, 'next.config.mjs'), `export default ${config};`);
    const cli = join(app, 'node_modules', 'next', 'dist', 'bin', 'next');
    await mustRun(process.execPath, [cli, 'build'], { cwd: app, env: quiet });
    const port = await freePort();
    const args = [cli, 'start', '-H', '127.0.0.1', '-p', `${port}`];
    const server = spawn(process.execPath, args, { cwd: app, env: { ...process.env, ...quiet }, stdio: 'ignore' });
    try {
      expect(await answerOf(`http://127.0.0.1:${port}/api/rerank`)).toEqual({ ids: ['1', '0'], notes: [] });
    } finally {
      server.kill();
    }
  });
});

/** Asks until the server is up, for a minute. */
async function answerOf(url: string): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (await fetch(url)).json();
    } catch (error) {
      if (attempt === 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

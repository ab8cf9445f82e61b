import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = fileURLToPath(new URL('../../packages/elasticsearch/dist/index.mjs', import.meta.url));
const node = (...argv: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8', timeout: 60_000 });

describe('npm run examples', () => {
  it.each([
    ['elasticsearch', 'npm run elasticsearch, then node examples/elasticsearch/search.mjs'],
    ['demo', 'npm run demo'],
  ])('says how an example that it does not run is run: %s', (name, way) => {
    const { status, stderr } = node('.workspace/examples.mjs', name);
    expect(status).toBe(2);
    expect(stderr).toContain(way);
  });

  it('names those that there are', () => {
    const { status, stderr } = node('.workspace/examples.mjs', 'nothing');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^There is no example "nothing"; there are ai-sdk, .*elasticsearch.*\n$/);
  });
});

describe('the Elasticsearch example', () => {
  it.skipIf(!existsSync(built))('says in a sentence that no server answers (needs a build)', async () => {
    const port = await freePort();
    const { status, stdout, stderr } = node('examples/elasticsearch/search.mjs', `http://127.0.0.1:${port}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(`^No Elasticsearch answers at http://127.0.0.1:${port} .*npm run elasticsearch.*\n$`),
    );
  });
});

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

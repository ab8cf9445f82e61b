import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standInHub, type StandInHub } from './stand-in-hub.ts';

// Real processes, which run the build, against one cache: two that want the same file, one that is killed, full disks.
const built = fileURLToPath(new URL('../../../dist/models.mjs', import.meta.url));
const program = `
  import { downloadModel } from ${JSON.stringify(built)};
  const [endpoint, cacheFolder] = process.argv.slice(1);
  try {
    const { folder } = await downloadModel('owner/name', (paths) => paths, { endpoint, cacheFolder, token: false, retries: 0 });
    console.log(JSON.stringify({ folder }));
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }
`;
interface Answer {
  readonly folder?: string;
  readonly code?: string;
  readonly message?: string;
}

const onnx = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, i) => (i * 31) % 251));
const sha256 = createHash('sha256').update(onnx).digest('hex');
const files = { 'config.json': Buffer.from('{"a":1}'), 'model.onnx': onnx };

let folder: string;
let cacheFolder: string;
let hub: StandInHub;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secondpass-processes-'));
  cacheFolder = join(folder, 'cache');
  hub = await standInHub(files);
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a process that wants the model. `shell`, if given, runs before it in the same shell. */
function download(into = cacheFolder, shell?: string): { child: ChildProcess; answer: Promise<Answer> } {
  const args = ['--input-type=module', '-e', program, '--', hub.endpoint, into];
  const child = shell
    ? spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    : spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const answer = new Promise<Answer>((resolve) => child.on('close', () => resolve(JSON.parse(out || '{}') as Answer)));
  return { child, answer };
}

/** Sends half of a file and calls back; the rest is the caller's. */
const halfOf =
  (reached: (response: ServerResponse, bytes: Buffer) => void) =>
  (_request: unknown, response: ServerResponse, bytes: Buffer): boolean => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => reached(response, bytes));
    return true;
  };
const served = (): string[] =>
  hub.seen.map(({ path }) => path.split('/').at(-1)!).filter((name) => name === 'model.onnx');
const blobs = (in_ = cacheFolder): string[] => {
  const path = join(in_, 'models--owner--name', 'blobs');
  return existsSync(path) ? readdirSync(path) : [];
};
/** What stands under a final name is whole. */
const wholeOrAbsent = (in_ = cacheFolder): void => {
  for (const name of blobs(in_).filter((blob) => blob === sha256)) {
    const bytes = readFileSync(join(in_, 'models--owner--name', 'blobs', name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
};

describe.skipIf(!existsSync(built))('processes that share a cache (needs a build)', () => {
  it('download a file once when several want it at the same time', async () => {
    hub.tricks.push(
      () => false,
      halfOf((response, bytes) => setTimeout(() => response.end(bytes.subarray(bytes.length / 2)), 1500)),
    );
    const answers = await Promise.all([download(), download(), download()].map(({ answer }) => answer));
    expect(new Set(answers.map(({ folder: there }) => there)).size).toBe(1);
    expect(readFileSync(join(answers[0]!.folder!, 'model.onnx')).equals(onnx)).toBe(true);
    expect(served()).toHaveLength(1);
    expect(blobs()).toHaveLength(2);
    expect(readdirSync(join(cacheFolder, '.locks', 'models--owner--name'))).toEqual([]);
  });

  it('go on when the one that held the lock is killed', async () => {
    const stuck = new Promise<void>((resolve) =>
      hub.tricks.push(
        () => false,
        halfOf(() => resolve()),
      ),
    );
    const first = download();
    await stuck;
    const second = download();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(blobs()).not.toContain(sha256);
    const killed = Date.now();
    first.child.kill('SIGKILL');
    const { folder: there } = await second.answer;
    expect(Date.now() - killed).toBeLessThan(10_000);
    expect(readFileSync(join(there!, 'model.onnx')).equals(onnx)).toBe(true);
    // With what it had, and nothing is left of it.
    expect(hub.seen.at(-1)!.range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(blobs()).toHaveLength(2);
  });
});

describe.skipIf(!existsSync(built) || process.platform === 'win32')(
  'a process that may write no more (needs a build)',
  () => {
    it('says so, leaves the cache whole, and a later one goes on from there', async () => {
      // Files of at most 100 × 1,024 bytes.
      const { code, message } = await download(cacheFolder, 'ulimit -f 100').answer;
      expect(code).toBe('failed');
      expect(message).toMatch(/no room for model\.onnx \(400000 bytes\).*EFBIG.*Make room there, or point HF_HOME/);
      expect(blobs()).not.toContain(sha256);
      const { folder: there } = await download().answer;
      expect(readFileSync(join(there!, 'model.onnx')).equals(onnx)).toBe(true);
      expect(hub.seen.at(-1)!.range).toMatch(/^bytes=[1-9]\d+-$/);
      wholeOrAbsent();
    });
  },
);

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && existsSync(built) && mountWorks();
describe.skipIf(!canMount)('a full disk (needs root on Linux for a small tmpfs, and a build)', () => {
  let disk: string;
  beforeEach(async () => {
    disk = join(folder, 'disk');
    await mkdir(disk);
  });
  afterEach(() => void spawnSync('umount', [disk]));

  it.each([
    [150, 0, 'in the middle of the file'],
    [8, 8, 'before the first byte'],
  ])('of %i KiB, %i of them taken, %s: the error says what to do, and the cache is whole', async (size, taken) => {
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', disk]);
    writeFileSync(join(disk, 'other'), Buffer.alloc(taken * 1024));
    const { code, message } = await download(disk).answer;
    expect(code).toBe('failed');
    expect(message).toMatch(
      /There is no room for .*ENOSPC.*Make room there, or point HF_HOME or the cacheFolder option/,
    );
    expect(blobs(disk)).not.toContain(sha256);
    wholeOrAbsent(disk);
    spawnSync('mount', ['-o', 'remount,size=2m', disk]);
    const started = Date.now();
    const { folder: there } = await download(disk).answer;
    expect(readFileSync(join(there!, 'model.onnx')).equals(onnx)).toBe(true);
    // No lock was left behind that would have to grow stale.
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('that may not be written at all', async () => {
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    spawnSync('mount', ['-o', 'remount,ro', disk]);
    const { code, message } = await download(disk).answer;
    expect(code).toBe('failed');
    expect(message).toMatch(
      /model owner\/name.* cannot be written in .*(EROFS|ENOENT).*HF_HOME or the cacheFolder option/,
    );
  });

  it('that may not be written and has everything is enough', async () => {
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    await download(disk).answer;
    // As the Python client leaves it.
    rmSync(join(disk, 'models--owner--name', '.secondpass'), { recursive: true });
    spawnSync('mount', ['-o', 'remount,ro', disk]);
    expect(existsSync((await download(disk).answer).folder!)).toBe(true);
  });
});

function mountWorks(): boolean {
  const probe = join(tmpdir(), `secondpass-mount-${process.pid}`);
  const steps = [
    ['mkdir', probe],
    ['mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', probe],
    ['umount', probe],
  ];
  const works = steps.every(([command, ...args]) => spawnSync(command!, args).status === 0);
  spawnSync('rmdir', [probe]);
  return works;
}

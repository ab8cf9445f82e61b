import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecondpassError } from '../../../src/errors.ts';
import { downloadModel, isHubName, type DownloadModelOptions } from '../../../src/models/hub.ts';
import { hubSettings } from '../../../src/models/hub-settings.ts';
import { standInHub, type StandInHub, type Trick } from './stand-in-hub.ts';

const onnx = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
const files = {
  'config.json': Buffer.from('{"a":1}'),
  'onnx/model.onnx': onnx,
  'README.md': Buffer.from('not needed'),
};
const needed = (paths: readonly string[]): readonly string[] => paths.filter((path) => path !== 'README.md');

let cacheFolder: string;
let hub: StandInHub;
const get = (options: DownloadModelOptions = {}, choose = needed): ReturnType<typeof downloadModel> =>
  downloadModel('owner/name', choose, {
    endpoint: hub.endpoint,
    cacheFolder,
    token: false,
    offline: false,
    stallMs: 2000,
    retries: 2,
    ...options,
  });
const failure = async (work: Promise<unknown>): Promise<SecondpassError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!SecondpassError.isInstance(error)) throw new Error('expected a SecondpassError', { cause: error });
  return error;
};
/** Everything under a final name is complete: no blob differs in size from what it must be, no stray temporary file. */
const finalBlobs = (): string[] => {
  const folder = join(cacheFolder, 'models--owner--name', 'blobs');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]+$/.test(name)) : [];
};

/** Sends the beginning of a file and breaks the connection. */
const cutAfter =
  (count: number): Trick =>
  (_request, response, bytes) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, count), () => setTimeout(() => response.destroy(), 50));
    return true;
  };

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'secondpass-hub-'));
  hub = await standInHub(files);
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cacheFolder, { recursive: true, force: true });
});

describe('a hub model', () => {
  it('is laid out as the Python client lays it out', async () => {
    const { folder, commit } = await get();
    expect(commit).toBe(hub.commit);
    expect(folder).toBe(join(cacheFolder, 'models--owner--name', 'snapshots', commit));
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    expect(existsSync(join(folder, 'README.md'))).toBe(false);
    expect(readFileSync(join(cacheFolder, 'models--owner--name', 'refs', 'main'), 'utf8')).toBe(commit);
    expect(lstatSync(join(folder, 'config.json')).isSymbolicLink()).toBe(process.platform !== 'win32');
    expect(finalBlobs()).toHaveLength(2);
  });

  it('is downloaded once, and offline afterwards', async () => {
    await get();
    const asked = hub.seen.length;
    await get();
    expect(hub.seen.slice(asked).map(({ path }) => path)).toEqual(['/api/models/owner/name/revision/main']);
    const { folder } = await get({ endpoint: 'http://127.0.0.1:9', offline: true });
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe('{"a":1}');
  });

  it('offline and not cached says where it looked', async () => {
    const error = await failure(get({ offline: true }));
    expect(error.code).toBe('unknown-model');
    expect(error.message).toContain(cacheFolder);
    expect(hub.seen).toHaveLength(0);
  });

  it('reports progress up to the total', async () => {
    const progress: number[] = [];
    await get({ onProgress: ({ done, total }) => progress.push(done / total) });
    expect(progress.at(-1)).toBe(1);
    expect(progress.every((share, i) => i === 0 || share >= progress[i - 1]!)).toBe(true);
  });
});

describe('a bad connection', () => {
  it('that is cut resumes where it stopped', async () => {
    hub.tricks.push(() => false, cutAfter(100_000));
    const { folder } = await get();
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    const last = hub.seen.at(-1)!;
    expect(last.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('that is cut for good leaves no final file, and a later call resumes', async () => {
    hub.tricks.push(() => false, cutAfter(50_000));
    const error = await failure(get({ retries: 0 }));
    expect(error.message).toMatch(/Run it again: it resumes/);
    expect(error.retryable).toBe(true);
    expect(finalBlobs()).toHaveLength(1);
    const { folder } = await get({ retries: 0 });
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    expect(hub.seen.at(-1)!.range).toBeDefined();
  });

  it('that stalls is given up and tried again', async () => {
    hub.tricks.push(
      () => false,
      (_request, response, bytes) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 10));
        return true;
      },
    );
    const { folder } = await get({ stallMs: 150 });
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
  });

  it('to nobody says what to do', async () => {
    const error = await failure(get({ endpoint: 'http://127.0.0.1:9', retries: 0 }));
    expect(error.message).toMatch(/could not be reached.*HF_ENDPOINT/);
  });

  it('ends at once when the caller aborts', async () => {
    const controller = new AbortController();
    hub.tricks.push(() => {
      controller.abort(new Error('enough'));
      return true;
    });
    await expect(get({ signal: controller.signal })).rejects.toThrow('enough');
    expect(finalBlobs()).toHaveLength(0);
  });
});

describe('a pinned commit', () => {
  const config = (paths: readonly string[]): readonly string[] => paths.filter((path) => path === 'config.json');

  it('is asked for once, and then nothing is, whether the hub is up or down', async () => {
    const { folder } = await get({ revision: hub.commit });
    const asked = hub.seen.length;
    expect(await get({ revision: hub.commit })).toEqual({ folder, commit: hub.commit });
    expect(hub.seen).toHaveLength(asked);
    const down = await get({ revision: hub.commit, endpoint: 'http://127.0.0.1:9' });
    expect(down).toEqual({ folder, commit: hub.commit });
  });

  it('brings what is still missing, chosen among all files and not among those that are here', async () => {
    await get({ revision: hub.commit }, config);
    const asked = hub.seen.length;
    let offered: readonly string[] = [];
    const { folder } = await get({ revision: hub.commit }, (paths) => needed((offered = paths)));
    expect([...offered].sort()).toEqual(Object.keys(files).sort());
    expect(hub.seen.slice(asked).map(({ path }) => path.split('/').at(-1))).toEqual(['model.onnx']);
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
  });

  it('is asked for again where its listing is broken or speaks of another', async () => {
    await get({ revision: hub.commit });
    const listing = join(cacheFolder, 'models--owner--name', '.secondpass', `${hub.commit}.json`);
    for (const text of ['{', JSON.stringify({ sha: 'a'.repeat(40), siblings: [] })]) {
      writeFileSync(listing, text);
      const asked = hub.seen.length;
      await get({ revision: hub.commit });
      expect(hub.seen.slice(asked).map(({ path }) => path)).toEqual([`/api/models/owner/name/revision/${hub.commit}`]);
      await get({ revision: hub.commit });
      expect(hub.seen).toHaveLength(asked + 1);
    }
  });
});

describe('a hub that is down, with a copy in the cache', () => {
  it('the copy is used, and the answer says why', async () => {
    const { folder, commit } = await get();
    const started = Date.now();
    const kept = await get({ endpoint: 'http://127.0.0.1:9', retries: 9 });
    expect(kept).toEqual({ folder, commit, outage: expect.stringContaining('could not be reached') as string });
    expect(Date.now() - started).toBeLessThan(5000);
    hub.listingTricks.push(
      ...Array.from({ length: 2 }, (): Trick => (_request, response) => {
        response.writeHead(503).end();
        return true;
      }),
    );
    expect((await get()).outage).toContain('503');
    expect((await get()).outage).toBeUndefined();
  });

  it('a copy that lacks what is needed does not do', async () => {
    await get({}, (paths) => paths.filter((path) => path === 'config.json'));
    const strict = (paths: readonly string[]): readonly string[] => {
      if (!paths.includes('onnx/model.onnx')) throw new Error('no graph');
      return paths;
    };
    const error = await failure(get({ endpoint: 'http://127.0.0.1:9', retries: 0 }, strict));
    expect(error.message).toContain('could not be reached');
  });

  it('a refusal is no outage', async () => {
    await get();
    hub.listingTricks.push((_request, response) => {
      response.writeHead(401).end();
      return true;
    });
    expect((await failure(get())).code).toBe('unknown-model');
  });

  it('links a graph last, so that one that is there has its data', async () => {
    await hub[Symbol.asyncDispose]();
    hub = await standInHub({
      'model.onnx': onnx,
      'model.onnx_data': Buffer.from('weights'),
      'config.json': files['config.json'],
    });
    hub.tricks.push(() => false, cutAfter(3));
    await failure(get({ retries: 0 }));
    const snapshot = join(cacheFolder, 'models--owner--name', 'snapshots', hub.commit);
    expect(readdirSync(snapshot)).not.toContain('model.onnx');
    await get();
    expect(readdirSync(snapshot).sort()).toEqual(['config.json', 'model.onnx', 'model.onnx_data']);
  });

  it.skipIf(process.platform === 'win32')('a cache that cannot be written but has everything is enough', async () => {
    await get();
    const refs = join(cacheFolder, 'models--owner--name', 'refs', 'main');
    const before = lstatSync(refs).ino;
    await get();
    expect(lstatSync(refs).ino).toBe(before);
  });
});

describe('a hub that lies', () => {
  it('about the hash: nothing is kept', async () => {
    hub.lies.set('onnx/model.onnx', { hash: 'a'.repeat(64) });
    const error = await failure(get());
    expect(error.message).toMatch(/arrived damaged/);
    expect(finalBlobs()).toHaveLength(1);
    expect(
      readdirSync(join(cacheFolder, 'models--owner--name', 'blobs')).filter((name) => name.includes('part')),
    ).toEqual([]);
  });

  it('about a small file, which git ids protect', async () => {
    hub.lies.set('config.json', { hash: 'b'.repeat(40) });
    expect((await failure(get())).message).toMatch(/config\.json arrived damaged/);
  });

  it.each([
    ['too small', 1000, /more than the 1000 bytes/],
    ['too large', 400_000, /ended after 300000 of 400000/],
  ])('about the size (%s)', async (_name, size, message) => {
    hub.lies.set('onnx/model.onnx', { size });
    expect((await failure(get({ retries: 0 }))).message).toMatch(message);
    expect(finalBlobs()).toHaveLength(1);
  });

  it('about paths: names that leave the folder are ignored', async () => {
    hub.listingTricks.push((_request, response) => {
      const blobId = 'c'.repeat(40);
      const names = ['../evil', '/etc/passwd', 'a/../../b', 'a\\b', 'C:/x', '..', 'config.json'];
      response.end(
        JSON.stringify({ sha: hub.commit, siblings: names.map((rfilename) => ({ rfilename, size: 7, blobId })) }),
      );
      return true;
    });
    let offered: readonly string[] = [];
    await get({}, (paths) => {
      offered = paths;
      return [];
    });
    expect(offered).toEqual(['config.json']);
  });

  it('with a range it does not honour: starts anew', async () => {
    hub.tricks.push(
      () => false,
      cutAfter(150_000),
      (_request, response, bytes) => {
        response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
        return true;
      },
    );
    const { folder } = await get();
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
  });
});

describe('a hub that refuses', () => {
  it.each([
    [401, false, /HF_TOKEN/],
    [403, 'secret-token', /token was refused/],
    [404, false, /has no model owner\/name/],
  ])('with %i', async (status, token, message) => {
    hub.listingTricks.push((_request, response) => {
      response.writeHead(status).end();
      return true;
    });
    const error = await failure(get({ token: token as string | false }));
    expect(error.code).toBe('unknown-model');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret-token');
  });

  it('with 429 is asked again after what it says', async () => {
    hub.listingTricks.push((_request, response) => {
      response.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    });
    const started = Date.now();
    await get();
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('with 500 for ever ends with a retryable error', async () => {
    for (let i = 0; i < 2; i++) {
      hub.listingTricks.push((_request, response) => {
        response.writeHead(500).end();
        return true;
      });
    }
    const error = await failure(get({ retries: 1 }));
    expect(error.retryable).toBe(true);
    expect(error.message).toContain('500');
  });
});

describe('the token', () => {
  it('goes to the hub and never to where it redirects', async () => {
    const elsewhere = await standInHub(files);
    const redirect: Trick = (request, response) => {
      response.writeHead(302, { location: `${elsewhere.endpoint}${request.url}` }).end();
      return true;
    };
    hub.tricks.push(redirect, redirect);
    await get({ token: 'secret-token' });
    expect(hub.seen.every(({ authorization }) => authorization === 'Bearer secret-token')).toBe(true);
    expect(elsewhere.seen).toHaveLength(2);
    expect(elsewhere.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
    await elsewhere[Symbol.asyncDispose]();
  });

  it('comes from the environment by the names the Python client uses', async () => {
    expect((await hubSettings({}, { HF_TOKEN: 't', HF_HOME: '/h' })).token).toBe('t');
    expect(
      await hubSettings({}, { HF_HOME: '/h', HF_ENDPOINT: 'https://mirror.example/', HF_HUB_OFFLINE: '1' }),
    ).toEqual({
      endpoint: 'https://mirror.example',
      cacheFolder: join('/h', 'hub'),
      token: undefined,
      offline: true,
    });
    expect((await failure(hubSettings({ endpoint: 'ftp://x' }))).code).toBe('invalid-argument');
  });
});

describe('three calls', () => {
  it('that want the same file download it once', async () => {
    const results = await Promise.all([get(), get(), get()]);
    expect(new Set(results.map(({ folder }) => folder)).size).toBe(1);
    expect(hub.seen.filter(({ path }) => path.endsWith('model.onnx'))).toHaveLength(1);
    expect(readFileSync(join(results[0].folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
  });
});

it.each(['a', 'a/b/c', '../a', 'a/..', 'a b/c', '/a/b', 'a/b--c', ''])('"%s" is no hub name', (name) => {
  expect(isHubName(name)).toBe(false);
});

import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { downloadModel, isHubName } from '../../../src/models/hub/hub.ts';
import { hubSettings } from '../../../src/models/hub/settings.ts';
import { standInHub, type Trick } from './stand-in-hub.ts';
import { cacheFolder, failure, files, finalBlobs, get, hub, needed, onnx, useStandInHub } from './use-stand-in-hub.ts';

useStandInHub();

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
    expect(error.code).toBe('not-cached');
    expect(error.message).toContain(cacheFolder);
    expect(hub.seen).toHaveLength(0);
  });

  it('reports progress up to the total', async () => {
    const progress: number[] = [];
    await get({ onProgress: ({ done, total }) => progress.push(done / total) });
    expect(progress.at(-1)).toBe(1);
    expect(progress.every((share, i) => i === 0 || share >= progress[i - 1]!)).toBe(true);
  });

  it('comes whatever who watches its progress throws or rejects with', async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const rejects = async (): Promise<never> => {
        throw new Error('a watcher');
      };
      await get({ onProgress: rejects });
      await get({
        onProgress: () => {
          throw new Error('a watcher');
        },
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      process.off('unhandledRejection', hear);
    }
    expect(unhandled).toEqual([]);
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

  it.each(['secret\nsecond line', 'secret\ttoken', 'secret\u2026', 'sec ret'])(
    'that no header can carry is refused before anything is asked, and not quoted: %j',
    async (token) => {
      const error = await failure(get({ token }));
      expect(error).toMatchObject({ code: 'invalid-argument', retryable: false });
      expect(inspect(error)).not.toMatch(/sec ?ret/);
      expect(hub.seen).toEqual([]);
    },
  );

  it('may have a line end after it, as a file has one', async () => {
    await get({ token: 'secret-token\r\n' });
    expect(hub.seen.every(({ authorization }) => authorization === 'Bearer secret-token')).toBe(true);
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

it('refuses an option that it would not read', async () => {
  const error = await failure(downloadModel('owner/name', () => [], { retrys: 1 } as never));
  expect(error).toMatchObject({ code: 'invalid-argument' });
  expect(error.message).toContain(
    'known: endpoint, cacheFolder, token, offline, revision, signal, retries, stallMs, onProgress',
  );
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

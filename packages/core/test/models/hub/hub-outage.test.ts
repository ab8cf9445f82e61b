import { lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecondpassError } from '../../../src/errors.ts';
import type { Trick } from './stand-in-hub.ts';
import {
  cacheFolder,
  cutAfter,
  failure,
  files,
  get,
  hub,
  onnx,
  replaceHub,
  useStandInHub,
} from './use-stand-in-hub.ts';

useStandInHub();

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
    await replaceHub({
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

describe('a newer commit that cannot be fetched, with a copy in the cache', () => {
  const refusal: Trick = (_request, response) => {
    response.writeHead(503).end();
    return true;
  };
  /** The hub moves on to a commit with another graph. */
  const publish = (): Promise<void> =>
    replaceHub({ 'onnx/model.onnx': onnx.subarray(1), 'config.json': files['config.json'] });

  it('as the hub refuses the file, is waited for as little as one that is down: the copy is used', async () => {
    const kept = await get();
    await publish();
    hub.tricks.push(...Array.from({ length: 9 }, () => refusal));
    const started = Date.now();
    expect(await get({ retries: 9 })).toEqual({ ...kept, outage: expect.stringMatching(/503.*model\.onnx/) as string });
    expect(Date.now() - started).toBeLessThan(5000);
    hub.tricks.length = 0;
    expect(await get()).toEqual({ folder: expect.stringContaining(hub.commit) as string, commit: hub.commit });
  });

  it('as the download breaks off: the copy is used, and the next call resumes', async () => {
    const kept = await get();
    await publish();
    hub.tricks.push(cutAfter(100_000));
    expect(await get({ retries: 0 })).toEqual({ ...kept, outage: expect.stringContaining('broke off') as string });
    expect((await get()).commit).toBe(hub.commit);
    expect(hub.seen.at(-1)!.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('as the cache cannot be written: the copy is used, and the answer says why', async () => {
    const kept = await get();
    await publish();
    rmSync(join(cacheFolder, '.locks'), { recursive: true });
    writeFileSync(join(cacheFolder, '.locks'), 'a file in the place of the folder');
    const outage = expect.stringMatching(/cannot be written in .*HF_HOME/) as string;
    expect(await get()).toEqual({ ...kept, outage });
  });

  it('as it arrives damaged is an error, and so is a refusal', async () => {
    await get();
    await publish();
    hub.lies.set('onnx/model.onnx', { hash: 'a'.repeat(64) });
    expect((await failure(get())).message).toContain('arrived damaged');
    hub.tricks.push((_request, response) => {
      response.writeHead(401).end();
      return true;
    });
    expect((await failure(get())).code).toBe('unknown-model');
  });

  it('as the caller aborts rejects with his reason', async () => {
    await get();
    await publish();
    const controller = new AbortController();
    const reason = new SecondpassError('failed', 'enough', { retryable: true });
    hub.tricks.push(() => {
      controller.abort(reason);
      return true;
    });
    await expect(get({ signal: controller.signal })).rejects.toBe(reason);
  });
});

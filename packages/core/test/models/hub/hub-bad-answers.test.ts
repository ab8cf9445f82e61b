import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, cutAfter, failure, finalBlobs, get, hub, onnx, useStandInHub } from './use-stand-in-hub.ts';

useStandInHub();

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

  it('about the commit: a pinned one is what was asked for or nothing', async () => {
    const error = await failure(get({ revision: 'a'.repeat(40), retries: 0 }));
    expect(error).toMatchObject({ code: 'failed', retryable: false });
    expect(error.message).toContain(`answered for commit ${hub.commit}`);
    expect(finalBlobs()).toEqual([]);
  });

  it('about where its description ends', async () => {
    hub.listingTricks.push((_request, response) => {
      const page = Buffer.alloc(1 << 20, ' ');
      const more = (): void => void (response.destroyed || response.write(page, more));
      more();
      return true;
    });
    const error = await failure(get());
    expect(error).toMatchObject({ code: 'failed', retryable: false });
    expect(error.message).toContain('is longer than');
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

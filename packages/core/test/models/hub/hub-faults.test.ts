import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Trick } from './stand-in-hub.ts';
import { cacheFolder, cutAfter, failure, finalBlobs, get, hub, onnx, useStandInHub } from './use-stand-in-hub.ts';

useStandInHub();

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

  it('that ended with the process is resumed from the longest part, and no part is left', async () => {
    await get({}, (paths) => paths.filter((path) => path === 'config.json'));
    const blobs = join(cacheFolder, 'models--owner--name', 'blobs');
    const sha256 = createHash('sha256').update(onnx).digest('hex');
    for (const [name, length] of [
      [`${sha256}.4f6e.secondpass-part`, 70_000],
      [`${sha256}.secondpass-part`, 50_000],
      [`${sha256}.9b1d.secondpass-part`, 0],
    ] as const) {
      writeFileSync(join(blobs, name), onnx.subarray(0, length));
    }
    writeFileSync(join(blobs, `${sha256}.incomplete`), 'of another client');
    const { folder } = await get();
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    expect(hub.seen.at(-1)!.range).toBe('bytes=70000-');
    expect(
      readdirSync(blobs)
        .filter((name) => name.startsWith(sha256))
        .sort(),
    ).toEqual([sha256, `${sha256}.incomplete`]);
  });

  it.skipIf(process.platform === 'win32')('writes through no link that lies where a part would', async () => {
    await get({}, (paths) => paths.filter((path) => path === 'config.json'));
    const blobs = join(cacheFolder, 'models--owner--name', 'blobs');
    const sha256 = createHash('sha256').update(onnx).digest('hex');
    const elsewhere = join(cacheFolder, 'elsewhere');
    writeFileSync(elsewhere, onnx.subarray(0, 10));
    symlinkSync(elsewhere, join(blobs, `${sha256}.4f6e.secondpass-part`));
    const { folder } = await get();
    expect(readFileSync(elsewhere)).toHaveLength(10);
    expect(lstatSync(join(blobs, sha256)).isFile()).toBe(true);
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    expect(readdirSync(blobs).filter((name) => name.includes('.secondpass-part'))).toEqual([]);
  });

  it('that was resumed by another process, after a long pause of the first, harms neither', async () => {
    const [blobs, sha256] = [join(cacheFolder, 'models--owner--name', 'blobs'), createHash('sha256').update(onnx).digest('hex')]; // prettier-ignore
    let goOn: () => void = () => {};
    hub.tricks.push(
      () => false,
      cutAfter(100_000),
      (_request, response) => {
        response.writeHead(206, { 'content-range': `bytes 100000-${onnx.length - 1}/${onnx.length}` });
        response.write(onnx.subarray(100_000, 150_000));
        goOn = () => response.end(onnx.subarray(150_000));
        return true;
      },
    );
    const paused = get();
    const part = (): string | undefined => readdirSync(blobs).find((name) => name.endsWith('-part'));
    const written = (): number => (existsSync(blobs) && part() ? statSync(join(blobs, part()!)).size : 0);
    while (written() < 150_000) await new Promise((resolve) => setTimeout(resolve, 10));
    rmSync(join(cacheFolder, '.locks'), { recursive: true });
    const { folder } = await get();
    goOn();
    await paused;
    expect(readFileSync(join(folder, 'onnx', 'model.onnx')).equals(onnx)).toBe(true);
    expect(finalBlobs()).toHaveLength(2);
    expect(part()).toBeUndefined();
    expect(existsSync(join(blobs, sha256))).toBe(true);
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

  it('that stalls within the description is given up and tried again', async () => {
    const half: Trick = (_request, response, bytes) => {
      response.write(bytes.subarray(0, 10));
      return true;
    };
    hub.listingTricks.push(half);
    await get({ stallMs: 150 });
    hub.listingTricks.push(half, half);
    const kept = await get({ stallMs: 150, retries: 0 });
    expect(kept.outage).toMatch(/description of model owner\/name.*no byte within 150 ms/);
  });

  it('that stalls within the description ends at once when the caller aborts', async () => {
    const controller = new AbortController();
    hub.listingTricks.push((_request, response, bytes) => {
      response.write(bytes.subarray(0, 10), () => setTimeout(() => controller.abort(new Error('enough')), 50));
      return true;
    });
    await expect(get({ signal: controller.signal })).rejects.toThrow('enough');
  });

  it('to nobody says what to do', async () => {
    const error = await failure(get({ endpoint: 'http://127.0.0.1:9', retries: 0 }));
    expect(error.message).toMatch(/could not be reached.*HF_ENDPOINT/);
  });

  it('past a proxy that is set says that the proxy was passed over', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://user:secret@127.0.0.1:8');
    try {
      const { message } = await failure(get({ endpoint: 'http://127.0.0.1:9', retries: 0 }));
      expect(message).toMatch(/could not be reached.*HTTP_PROXY is set.*NODE_USE_ENV_PROXY=1/);
      expect(message).not.toContain('secret');
    } finally {
      vi.unstubAllEnvs();
    }
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

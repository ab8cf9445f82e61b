// Aborts while something is waited for: the caller gets the reason of his signal, and at once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFileLock } from '../../../src/models/hub/file-lock.ts';
import { withHubRetries } from '../../../src/models/hub/request.ts';
import { SecondpassError } from '../../../src/errors.ts';
import type { Trick } from './stand-in-hub.ts';
import { cacheFolder, get, hub, useStandInHub } from './use-stand-in-hub.ts';

useStandInHub();
const reason = new Error('the caller has gone');
const refusal: Trick = (_request, response) => {
  response.writeHead(503, { 'retry-after': '30' }).end();
  return true;
};

describe('an abort rejects with the reason of the signal', () => {
  it.each(['listingTricks', 'tricks'] as const)('while a request waits to be tried again (%s)', async (kind) => {
    hub[kind].push(refusal);
    const started = Date.now();
    await expect(get({ signal: abortedSoon() })).rejects.toBe(reason);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('while another process has the lock', async () => {
    const path = join(cacheFolder, 'locks', 'a');
    mkdirSync(dirname(path));
    writeFileSync(path, `${process.pid} ${hostname()}\n`);
    await expect(withFileLock(path, abortedSoon(), async () => 'done')).rejects.toBe(reason);
  });

  it('whatever the reason is', async () => {
    const work = (): Promise<never> => Promise.reject(new SecondpassError('failed', 'down', { retryable: true }));
    const controller = new AbortController();
    setTimeout(() => controller.abort('a text'), 20);
    await expect(withHubRetries(work, 9, controller.signal)).rejects.toBe('a text');
  });
});

function abortedSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 150);
  return controller.signal;
}

// Real processes, which run the build and end while workers are in the runtime: a thread that is cut off there aborts all.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { awaitAtExit, openGate, throughGate } from '../../../src/models/runtime/runtime-gate.ts';

const built = fileURLToPath(new URL('../../../dist/models.mjs', import.meta.url));

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
}

/** A thread of the user's own that works, and disposes of its model when it is told to, or ends itself. */
const thread = `
  import { parentPort } from 'node:worker_threads';
  import { loadReranker } from ${JSON.stringify(pathToFileURL(built).href)};
  const long = Array.from({ length: 300 }, (_, n) => ({ id: String(n), content: n + ' alpha beta'.repeat(400) }));
  const reranker = await loadReranker(undefined, { workers: 1 });
  reranker.rerank('what is it?', long).catch(() => {});
  parentPort.once('message', async (what) => {
    if (what === 'exit') process.exit(7);
    await reranker.dispose();
    parentPort.postMessage('disposed');
  });
  setTimeout(() => parentPort.postMessage('works'), 400);`;
const startThread = `
  const { once } = await import('node:events');
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(thread)}`)}));
  await once(worker, 'message');`;

/** Runs `rest` beside `long(count)`: as many candidates of the greatest length. */
function ending(rest: string): Promise<Ending> {
  const program = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { loadCrossEncoder, loadReranker } from ${JSON.stringify(built)};
    const long = (count) => Array.from({ length: count }, (_, n) => ({ id: String(n), content: n + ' alpha beta'.repeat(400) }));
    ${rest}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, said })));
}

describe.skipIf(!existsSync(built))('a process (needs a build)', () => {
  it.each([1, 2, 3, 4])('that exits under load ends with its own code (run %i)', async (run) => {
    const { code, signal, said } = await ending(`
      const reranker = await loadReranker(undefined, { workers: 2 });
      await reranker.warmUp();
      reranker.rerank('what is it?', long(300)).catch(() => {});
      await sleep(${300 + run * 37});
      process.exit(7);`);
    expect({ code, signal, said }).toEqual({ code: 7, signal: null, said: '' });
  });

  it.each([20, 60, 100, 140])('that exits while a model is loaded ends with its own code (after %i ms)', async (ms) => {
    const { code, signal, said } = await ending(`
      setTimeout(() => process.exit(7), ${ms});
      await loadCrossEncoder(undefined, { workers: 1 });
      await sleep(1000);`);
    expect({ code, signal, said }).toEqual({ code: 7, signal: null, said: '' });
  });

  it('with several models that exits on SIGTERM under load does so', async () => {
    const { code, signal, said } = await ending(`
      const models = [await loadReranker(undefined, { workers: 2 }), await loadCrossEncoder(undefined, { workers: 1 })];
      process.on('SIGTERM', () => process.exit(0));
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 700);
      models[1].score('who was it?', long(300)).catch(() => {});
      for (;;) await models[0].rerank('what ' + Math.random(), long(300));`);
    expect({ code, signal, said }).toEqual({ code: 0, signal: null, said: '' });
  });

  it('that an error ends under load ends with 1, and the error', async () => {
    const { code, signal, said } = await ending(`
      const reranker = await loadReranker();
      reranker.rerank('what is it?', long(300)).catch(() => {});
      await sleep(400);
      throw new Error('a mistake of mine');`);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(said).toContain('a mistake of mine');
  });

  it('terminates a thread of its own that has disposed of its model, and goes on', async () => {
    const { code, signal, said } = await ending(`
      ${startThread}
      worker.postMessage('dispose');
      await once(worker, 'message');
      await worker.terminate();
      console.log('goes on');`);
    expect({ code, signal, said }).toEqual({ code: 0, signal: null, said: 'goes on\n' });
  });

  it('has a thread of its own that exits under load, and goes on', async () => {
    const { code, signal, said } = await ending(`
      ${startThread}
      worker.postMessage('exit');
      console.log(...(await once(worker, 'exit')));`);
    expect({ code, signal, said }).toEqual({ code: 0, signal: null, said: '7\n' });
  });

  it('disposes of a model in a batch of several seconds, after it, and goes on', async () => {
    const { code, signal, said } = await ending(`
      const listening = process.listenerCount('exit');
      const scorer = await loadCrossEncoder(undefined, { workers: 1, tokenBudget: 1_000_000 });
      const scored = scorer.score('what is it?', long(20)).catch(({ code }) => code);
      await sleep(700);
      await scorer.dispose();
      console.log(await scored, process.listenerCount('exit') - listening);`);
    expect({ code, signal, said }).toEqual({ code: 0, signal: null, said: 'disposed 0\n' });
  });
});

describe('the gate of a worker', () => {
  it('listens for the end of the process only while there is a worker', () => {
    const before = process.listenerCount('exit');
    const forgets = [openGate(), openGate()].map((gate) => awaitAtExit(gate));
    expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1);
    for (const forget of [...forgets, ...forgets]) forget();
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('is free again after work that failed', async () => {
    const gate = openGate();
    await expect(throughGate(gate, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect([...gate]).toEqual([0, 0]);
    expect(await throughGate(gate, async () => [...gate])).toEqual([1, 0]);
  });
});

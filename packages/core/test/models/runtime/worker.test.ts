import { writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packBatch } from '../../../src/models/runtime/batch.ts';
import { openPool } from '../../../src/models/runtime/fair-pool.ts';
import { pairClassifier, type PairClassifier } from '../../../src/models/pair-classifier.ts';
import { isWorkerLost } from '../../../src/models/runtime/runner.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';
import { readModelFolder } from '../../../src/models/files/model-folder.ts';
import { findWorkerFile } from '../../../src/models/runtime/worker-file.ts';
import { startWorker } from '../../../src/models/runtime/worker-runner.ts';
import { crossEncoder } from '../../../src/score/cross-encoder.ts';
import { candidates, passages, tiny } from '../tiny.ts';

const workerFile = findWorkerFile()!;

/**
 * The real worker, with a fault before it: it ends its thread when it is sent a batch whose first pair has `length`
 * tokens, `times` times in all (counted over all threads).
 */
async function faultyWorker(length: number, times: number): Promise<{ file: string; counter: SharedArrayBuffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'secondpass-fault-'));
  const file = join(folder, 'faulty-worker.mjs');
  const counter = new SharedArrayBuffer(4);
  await writeFile(
    file,
    `import { parentPort, workerData } from 'node:worker_threads';
     const count = new Int32Array(workerData.settings.counter);
     parentPort.on('message', (message) => {
       if (message.batch?.lengths[0] === ${length} && Atomics.add(count, 0, 1) < ${times}) process.exit(3);
     });
     await import(${JSON.stringify(pathToFileURL(workerFile).href)});`,
  );
  return { file, counter };
}

const settings = { graph: join(tiny('one'), 'model.onnx'), padId: 0, usesTypes: true };

async function classifier(length: number, times: number): Promise<PairClassifier> {
  const { file, counter } = await faultyWorker(length, times);
  const files = await readModelFolder(tiny('one'), undefined);
  const pool = await openPool(2, () => startWorker(file, { ...settings, counter } as never));
  const tokenizer = pairTokenizer({ tokenizer: files.tokenizer, config: files.tokenizerConfig }, 128);
  return pairClassifier({ tokenizer, pool, tokenBudget: 1, label: 0, maxQueue: 1e6 });
}

describe('a worker that dies', () => {
  const texts = [...passages(40), 'the '.repeat(90)];
  const marked = 3 + 4 + 90;

  it('once, under a batch: the batch is tried again and nothing is missing', async () => {
    const faulty = await classifier(marked, 1);
    const whole = await classifier(marked, 0);
    const [got, wanted] = [
      await faulty.classify('who was it for', texts),
      await whole.classify('who was it for', texts),
    ];
    expect(got.logits).toEqual(wanted.logits);
    expect(got.lost).toEqual([]);
    await Promise.all([faulty.dispose(), whole.dispose()]);
  });

  it('twice under the same batch: its candidates are unscored and noted, the others are scored', async () => {
    // The fault strikes when the batch arrives, perhaps while another still runs and is blamed: hence three times.
    const faulty = await classifier(marked, 3);
    const scorer = crossEncoder(faulty, { run: { by: 'tiny', durationMs: 0 } });
    const { value, notes } = await scorer.score('who was it for', candidates(texts));
    expect(Array.from(value.scores, (score) => score === undefined)).toEqual(texts.map((_, index) => index === 40));
    expect(notes).toMatchObject([{ code: 'worker-lost', by: 'tiny', ids: ['d40'] }]);
    const again = await scorer.score('who was it for', candidates(texts));
    expect(again.value.scores[40]).toBeTypeOf('number');
    await faulty.dispose();
  });
});

it('a worker file that does not run is an error of starting', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secondpass-fault-'));
  await writeFile(join(folder, 'broken.mjs'), 'throw new Error("broken on purpose")');
  const error: unknown = await startWorker(join(folder, 'broken.mjs'), settings).catch((error: unknown) => error);
  expect(isWorkerLost(error)).toBe(true);
  expect((error as Error).message).toContain('broken on purpose');
});

it('a batch that the graph cannot run is an error, and the worker goes on', async () => {
  const runner = await startWorker(workerFile, settings);
  const pair = (id: number) => packBatch([{ ids: Int32Array.of(2, id, 3), types: new Uint8Array(3) }]);
  await expect(runner.run(pair(1_000_000))).rejects.toMatchObject({ code: 'failed' });
  expect((await runner.run(pair(9))).cols).toBe(1);
  await runner.close();
  expect(runner.alive).toBe(false);
});

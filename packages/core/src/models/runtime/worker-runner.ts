// oxlint-disable unicorn/require-post-message-target-origin -- a worker thread is no window: it has no origin.
import { Worker } from 'node:worker_threads';
import { SecondpassError } from '../../errors.ts';
import type { Output } from './batch.ts';
import type { SessionSettings } from './onnx-session.ts';
import { workerLost, type Runner } from './runner.ts';
import { awaitAtExit, openGate } from './runtime-gate.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

type Pending = { readonly resolve: (output: Output) => void; readonly reject: (error: unknown) => void };

/**
 * Starts a worker thread with a session of its own. The thread keeps the process alive only while it starts or has work,
 * and is never ended from outside: `close` and the end of the process wait for the batch that runs.
 * @throws SecondpassError as `openSession` does; one made by `workerLost` if the thread dies before it is ready
 */
export async function startWorker(file: string, settings: SessionSettings): Promise<Runner> {
  const gate = openGate();
  // Flags of the main program, such as --input-type or --eval, are none for a file of ours.
  const worker = new Worker(file, {
    execArgv: [],
    workerData: { settings, gate } satisfies WorkerStart,
    // A worker makes little garbage, and shall collect it soon: its weights are outside of this.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const pending = new Map<number, Pending>();
  let dead: Error | undefined;
  let lastId = 0;
  let closing = false;
  const forget = awaitAtExit(gate);
  worker.once('exit', forget);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  await new Promise<void>((resolve, reject) => {
    const die = (cause: unknown): void => {
      dead ??= workerLost(cause);
      reject(dead);
      for (const { reject } of pending.values()) reject(dead);
      pending.clear();
    };
    worker.on('error', die);
    worker.on('messageerror', die);
    worker.on('exit', (code) => die(`exit code ${code}`));
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') return resolve();
      if (message.type === 'unusable') return reject(new SecondpassError(message.error.code, message.error.message));
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (pending.size === 0 && !closing) worker.unref();
      if (message.type === 'done') waiting?.resolve(message.output);
      else waiting?.reject(new SecondpassError(message.error.code, message.error.message));
    });
  });
  worker.unref();

  return {
    get alive() {
      return dead === undefined;
    },
    run: (batch) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead);
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, batch } satisfies ToWorker);
      }),
    async close() {
      closing = true;
      worker.ref();
      worker.postMessage('close' satisfies ToWorker);
      await ended;
    },
  };
}

// What an inference worker runs: one session on one thread, one batch at a time. An entry of its own in the build.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SecondpassError } from '../errors.ts';
import { openSession, type Session } from './onnx-session.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './worker-messages.ts';

async function serve(port: MessagePort): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  let session: Session;
  try {
    session = await openSession((workerData as WorkerStart).settings);
  } catch (error) {
    send({ type: 'unusable', error: plain(error) });
    port.close();
    return;
  }
  const serveOne = async (message: ToWorker): Promise<void> => {
    if (message === 'close') {
      await session.release();
      return port.close();
    }
    const { id, batch } = message;
    try {
      send({ type: 'done', id, logits: await session.run(batch) });
    } catch (error) {
      send({ type: 'failed', id, error: plain(error) });
    }
  };
  let before = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    before = before.then(() => serveOne(message));
  });
  send({ type: 'ready' });
}

function plain(error: unknown): SentError {
  if (SecondpassError.isInstance(error)) return { code: error.code, message: error.message };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}

if (parentPort) void serve(parentPort);

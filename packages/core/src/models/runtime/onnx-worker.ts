// What an inference worker runs: one session on one thread, one batch at a time. An entry of its own in the build.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SecondpassError } from '../../errors.ts';
import { openSession, type Session } from './onnx-session.ts';
import { throughGate } from './runtime-gate.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './worker-messages.ts';

async function serve(port: MessagePort): Promise<void> {
  const send = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  const { settings, gate } = workerData as WorkerStart;
  let session: Session;
  try {
    session = await throughGate(gate, () => openSession(settings));
  } catch (error) {
    send({ type: 'unusable', error: plain(error) });
    port.close();
    return;
  }
  const serveOne = async (message: ToWorker): Promise<void> => {
    if (message === 'close') {
      await throughGate(gate, () => session.release());
      // The thread ends, even if a device's driver left something that would keep it.
      return process.exit();
    }
    const { id, batch } = message;
    try {
      const output = await throughGate(gate, () => session.run(batch));
      // Vectors are large and ours alone: they move. Logits are small and lie in memory of the runtime: they are copied.
      send({ type: 'done', id, output }, output.rows ? [output.data.buffer as ArrayBuffer] : []);
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

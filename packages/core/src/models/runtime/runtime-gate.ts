import { SecondpassError } from '../../errors.ts';

/**
 * The door to the runtime's native code, shared by a worker and the thread that started it: `[inside, shut]`, 0 or 1 each.
 * A thread that is ended inside aborts the whole process, since the runtime then throws where nobody can catch it.
 * The end of the process is held up here; that of a thread which is terminated from outside cannot be, and takes its
 * workers with it: there `await dispose()` comes first.
 */
export type RuntimeGate = Int32Array<SharedArrayBuffer>;

const inside = 0;
const shut = 1;

/**
 * Milliseconds that the end of the process waits for the runs under way. Node itself would wait for those threads, too,
 * and then abort. A worker that died inside, whose end this thread has not heard of yet, is not waited for longer.
 */
const patience = 60_000;

/** Gates of the workers of this thread that have not ended. */
const gates = new Set<RuntimeGate>();

export function openGate(): RuntimeGate {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Does native work in a worker.
 * @throws SecondpassError `failed`, without beginning, once the process is about to end
 */
export async function throughGate<T>(gate: RuntimeGate, work: () => Promise<T>): Promise<T> {
  Atomics.store(gate, inside, 1);
  try {
    // In this order: whoever shuts the gate then looks whether somebody is inside.
    if (Atomics.load(gate, shut) !== 0) throw new SecondpassError('failed', 'The process is about to end.');
    return await work();
  } finally {
    Atomics.store(gate, inside, 0);
    Atomics.notify(gate, inside);
  }
}

/** Has the end of the process (an exit, an error that nobody catches) wait until nobody is inside. Returns what forgets it. */
export function awaitAtExit(gate: RuntimeGate): () => void {
  if (gates.size === 0) process.on('exit', shutAll);
  gates.add(gate);
  return () => {
    gates.delete(gate);
    if (gates.size === 0) process.off('exit', shutAll);
  };
}

/** Lets nobody in any more, and blocks this thread until whoever is inside has come out. */
function shutAll(): void {
  const end = performance.now() + patience;
  for (const gate of gates) Atomics.store(gate, shut, 1);
  for (const gate of gates) {
    while (Atomics.load(gate, inside) !== 0) {
      if (Atomics.wait(gate, inside, 1, Math.max(0, end - performance.now())) === 'timed-out') return;
    }
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSession, type SessionSettings } from './onnx-session.ts';
import type { Runner } from './runner.ts';

/** A session in this very thread. Each batch blocks the event loop while it runs; between two, others get a turn. */
export async function startInProcess(settings: SessionSettings): Promise<Runner> {
  const session = await openSession(settings);
  return {
    alive: true,
    async run(batch) {
      await nextTurn();
      return session.run(batch);
    },
    close: () => session.release(),
  };
}

import { SecondpassError } from '../errors.ts';
import { paddedTokens, type Batch, type Logits } from './batch.ts';
import { isWorkerLost, type Runner } from './runner.ts';

/** The queue of one call. Calls take turns, batch by batch, so that a short one never waits behind a long one. */
export interface Line {
  /** Rejects with `dropped` if the line was closed before the batch was begun. */
  add(batch: Batch): Promise<Logits>;
  /** Forgets what has not begun. What has begun ends unheard. */
  close(): void;
}

export interface Pool {
  line(): Line;
  /** Starts every runner there may be. */
  fill(): Promise<void>;
  dispose(): Promise<void>;
}

interface Job {
  readonly batch: Batch;
  /** Padded tokens; more than a runner holds, and so always alone there, once a runner died with it. */
  tokens: number;
  readonly resolve: (logits: Logits) => void;
  readonly reject: (error: unknown) => void;
  /** A runner died while it ran this. */
  blamed: boolean;
}

interface Slot {
  readonly runner: Runner;
  jobs: number;
  tokens: number;
  /** Its runner died, and the batch that it ran has been blamed for it. */
  lost: boolean;
}

/** A second, short batch may wait at a runner, so that it never idles between two; its tokens count together with the first's. */
const tokensAtRunner = 512;

export const dropped: SecondpassError = new SecondpassError('failed', 'The call had ended before this batch began.');

/**
 * Shares up to `size` runners among calls. The first is started at once (and its errors are this function's); the
 * others when work waits. A runner that dies is replaced and its batches are tried once more.
 */
export async function openPool(size: number, start: () => Promise<Runner>): Promise<Pool> {
  const slots: Slot[] = [{ runner: await start(), jobs: 0, tokens: 0, lost: false }];
  const lines: Job[][] = [];
  let limit = size;
  let starting = 0;
  let disposed = false;

  const grow = async (): Promise<void> => {
    starting++;
    try {
      const runner = await start();
      if (disposed) return await runner.close();
      slots.push({ runner, jobs: 0, tokens: 0, lost: false });
    } catch (error) {
      // No second attempt by itself: what does not start now would be started again for ever.
      limit = Math.max(1, slots.length + starting - 1);
      if (slots.length === 0 && starting === 1) {
        for (const line of lines) for (const job of line.splice(0)) job.reject(error);
      }
    } finally {
      starting--;
      pump();
    }
  };

  const pump = (): void => {
    for (const slot of slots.filter(({ runner }) => !runner.alive)) slots.splice(slots.indexOf(slot), 1);
    for (;;) {
      const at = lines.findIndex((line) => line.length > 0);
      if (at < 0 || disposed) return;
      const job = lines[at]![0]!;
      const slot = slots.reduce<Slot | undefined>(
        (best, slot) => (best && best.tokens <= slot.tokens ? best : slot),
        undefined,
      );
      const free = slot && (slot.jobs === 0 || (slot.jobs === 1 && slot.tokens + job.tokens <= tokensAtRunner));
      if (slots.length + starting < limit && slot?.jobs !== 0) void grow();
      if (!slot || !free) return;
      lines[at]!.shift();
      lines.push(...lines.splice(0, at + 1));
      void runAt(slot, job, lines.at(-1)!);
    }
  };

  const runAt = async (slot: Slot, job: Job, line: Job[]): Promise<void> => {
    const { tokens } = job;
    slot.jobs++;
    slot.tokens += tokens;
    try {
      job.resolve(await slot.runner.run(job.batch));
    } catch (error) {
      // The oldest batch of a runner is the one that it ran; what waited behind it is not to blame.
      const blamed = isWorkerLost(error) && !slot.lost;
      if (isWorkerLost(error) && !(blamed && job.blamed) && lines.includes(line)) {
        job.blamed ||= blamed;
        job.tokens = tokensAtRunner + 1;
        line.unshift(job);
      } else job.reject(error);
      slot.lost ||= blamed;
    } finally {
      slot.jobs--;
      slot.tokens -= tokens;
      pump();
    }
  };

  return {
    line() {
      const line: Job[] = [];
      lines.push(line);
      return {
        add: (batch) =>
          new Promise((resolve, reject) => {
            line.push({ batch, tokens: paddedTokens(batch), resolve, reject, blamed: false });
            pump();
          }),
        close() {
          if (lines.includes(line)) lines.splice(lines.indexOf(line), 1);
          for (const job of line.splice(0)) job.reject(dropped);
        },
      };
    },
    async fill() {
      await Promise.all(Array.from({ length: Math.max(0, size - slots.length - starting) }, grow));
    },
    async dispose() {
      disposed = true;
      for (const line of lines.splice(0)) for (const job of line.splice(0)) job.reject(dropped);
      await Promise.all(slots.splice(0).map(({ runner }) => runner.close()));
    },
  };
}

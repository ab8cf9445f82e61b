import { SecondpassError } from '../errors.ts';
import { paddedTokens, type Batch, type Logits } from './batch.ts';
import { isWorkerLost, type Runner } from './runner.ts';

/**
 * The queue of one call. Calls share the runners evenly by tokens, so that a short one is not held up by a long one: it
 * takes about twice the time that it takes alone, and one batch.
 */
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

interface Queue {
  readonly jobs: Job[];
  /** Tokens served to it, in a count that all queues share: one that was empty joins at the count of the others. */
  served: number;
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
  const lines: Queue[] = [];
  /** The count at which the last batch was taken. */
  let now = 0;
  let limit = size;
  let starting = 0;
  let disposed = false;

  const growing = new Set<Promise<void>>();
  const grow = (): Promise<void> => {
    const started = startOne().finally(() => growing.delete(started));
    growing.add(started);
    return started;
  };
  const startOne = async (): Promise<void> => {
    starting++;
    try {
      const runner = await start();
      if (disposed) return await runner.close();
      slots.push({ runner, jobs: 0, tokens: 0, lost: false });
    } catch (error) {
      // No second attempt by itself: what does not start now would be started again for ever.
      limit = Math.max(1, slots.length + starting - 1);
      if (slots.length === 0 && starting === 1) {
        for (const line of lines) for (const job of line.jobs.splice(0)) job.reject(error);
      }
    } finally {
      starting--;
      pump();
    }
  };

  const pump = (): void => {
    for (const slot of slots.filter(({ runner }) => !runner.alive)) slots.splice(slots.indexOf(slot), 1);
    for (;;) {
      const line = least(
        lines.filter(({ jobs }) => jobs.length > 0),
        ({ served }) => served,
      );
      if (!line || disposed) return;
      const job = line.jobs[0]!;
      const slot = least(slots, ({ tokens }) => tokens);
      const free = slot && (slot.jobs === 0 || (slot.jobs === 1 && slot.tokens + job.tokens <= tokensAtRunner));
      if (slots.length + starting < limit && slot?.jobs !== 0) void grow();
      if (!slot || !free) return;
      line.jobs.shift();
      now = line.served;
      line.served += job.tokens;
      void runAt(slot, job, line);
    }
  };

  const runAt = async (slot: Slot, job: Job, line: Queue): Promise<void> => {
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
        line.jobs.unshift(job);
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
      const line: Queue = { jobs: [], served: now };
      lines.push(line);
      return {
        add: (batch) =>
          new Promise((resolve, reject) => {
            if (line.jobs.length === 0) line.served = Math.max(line.served, now);
            line.jobs.push({ batch, tokens: paddedTokens(batch), resolve, reject, blamed: false });
            pump();
          }),
        close() {
          if (lines.includes(line)) lines.splice(lines.indexOf(line), 1);
          for (const job of line.jobs.splice(0)) job.reject(dropped);
        },
      };
    },
    async fill() {
      await Promise.all(Array.from({ length: Math.max(0, size - slots.length - starting) }, grow));
    },
    async dispose() {
      disposed = true;
      for (const line of lines.splice(0)) for (const job of line.jobs.splice(0)) job.reject(dropped);
      await Promise.all([...slots.splice(0).map(({ runner }) => runner.close()), ...growing]);
    },
  };
}

/** The item with the smallest value; the first of several. */
function least<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>((best, item) => (best && value(best) <= value(item) ? best : item), undefined);
}

// Over 150 lines: the queues and what becomes of batches when a runner dies are one state, best read together.
import { SecondpassError } from '../../errors.ts';
import type { Batch, Output } from './batch.ts';
import { mergeBatches, splitOutput } from './merge-batches.ts';
import { runnerSet, type Slot } from './runner-set.ts';
import { isWorkerLost, type Runner } from './runner.ts';

/**
 * The queue of one call. Calls share the runners evenly by tokens, so that a short one is not held up by a long one: it
 * takes about twice the time that it takes alone, and one batch.
 */
export interface Line {
  /** Rejects with `dropped` if the line was closed before the batch was begun. */
  add(batch: Batch): Promise<Output>;
  /** Forgets what has not begun. What has begun ends unheard. */
  close(): void;
}

export interface Pool {
  /** @param tokenBudget small batches of several calls go together up to so many padded tokens; 1: never */
  line(tokenBudget: number): Line;
  /** Starts every runner there may be. @throws SecondpassError `failed` if some do not start; the others work */
  fill(): Promise<void>;
  /** Ends, however often it is called, when every runner has ended. */
  dispose(): Promise<void>;
}

interface Job {
  readonly batch: Batch;
  readonly line: Queue;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
  /** A run with it failed: from now on it has a runner for itself. */
  alone: boolean;
  /** A runner died while it ran this. */
  blamed: boolean;
}

interface Queue {
  readonly jobs: Job[];
  readonly tokenBudget: number;
  /** Tokens served to it, in a count that all queues share: one that was empty joins at the count of the others. */
  served: number;
}

/** A second, short batch may wait at a runner, so that it never idles between two; its tokens count together with the first's. */
const tokensAtRunner = 512;

export const dropped: SecondpassError = new SecondpassError('failed', 'The call had ended before this batch began.');

/**
 * Shares up to `size` runners among calls. The first is started at once (and its errors are this function's); the
 * others when work waits. A runner that dies is replaced and its batches are tried once more. Where a start fails, the
 * runners that there are do the work, and after a pause the next start is tried.
 */
export async function openPool(size: number, start: () => Promise<Runner>): Promise<Pool> {
  const lines: Queue[] = [];
  /** The count at which the last batch was taken. */
  let now = 0;
  let disposed = false;
  const rejectAll = (error: unknown): void => {
    for (const line of lines) for (const job of line.jobs.splice(0)) job.reject(error);
  };
  const runners = await runnerSet(size, start, { changed: () => pump(), stranded: rejectAll });
  const { slots } = runners;

  const waiting = (): Queue | undefined =>
    least(
      lines.filter(({ jobs }) => jobs.length > 0),
      ({ served }) => served,
    );

  const take = (line: Queue): Job => {
    const job = line.jobs.shift()!;
    now = Math.max(now, line.served);
    line.served += padded([job]);
    return job;
  };

  const pump = (): void => {
    runners.forgetDead();
    for (;;) {
      const line = waiting();
      if (!line || disposed) return;
      const first = line.jobs[0]!;
      const slot = least(slots, ({ tokens }) => tokens);
      const free = slot && (slot.jobs === 0 || (slot.jobs === 1 && slot.tokens + cost([first]) <= tokensAtRunner));
      if (slot?.jobs !== 0) runners.grow();
      if (!slot || !free) return;
      const jobs = [take(line)];
      for (let next = waiting(); next && fits(jobs, next.jobs[0]!); next = waiting()) jobs.push(take(next));
      void runAt(slot, jobs);
    }
  };

  const runAt = async (slot: Slot, jobs: readonly Job[]): Promise<void> => {
    const tokens = cost(jobs);
    const batches = jobs.map(({ batch }) => batch);
    slot.jobs++;
    slot.tokens += tokens;
    try {
      const parts = splitOutput(await slot.runner.run(mergeBatches(batches)), batches);
      for (const [index, job] of jobs.entries()) job.resolve(parts[index]!);
    } catch (error) {
      // The oldest run of a runner is the one that it died of; what waited behind it is not to blame, and neither is
      // any one of several calls that ran together.
      const blamed = isWorkerLost(error) && !slot.lost && jobs.length === 1;
      for (const job of jobs.toReversed()) {
        const again = isWorkerLost(error) ? !(blamed && job.blamed) : jobs.length > 1;
        if (!again || !lines.includes(job.line)) {
          job.reject(error);
          continue;
        }
        job.blamed ||= blamed;
        job.alone = true;
        job.line.jobs.unshift(job);
      }
      slot.lost ||= isWorkerLost(error);
    } finally {
      slot.jobs--;
      slot.tokens -= tokens;
      pump();
    }
  };

  return {
    line(tokenBudget) {
      const line: Queue = { jobs: [], tokenBudget, served: now };
      lines.push(line);
      return {
        add: (batch) =>
          new Promise((resolve, reject) => {
            if (line.jobs.length === 0) line.served = Math.max(line.served, now);
            line.jobs.push({ batch, line, resolve, reject, alone: false, blamed: false });
            pump();
          }),
        close() {
          if (lines.includes(line)) lines.splice(lines.indexOf(line), 1);
          for (const job of line.jobs.splice(0)) job.reject(dropped);
        },
      };
    },
    fill: () => runners.fill(),
    dispose() {
      disposed = true;
      rejectAll(dropped);
      lines.length = 0;
      return runners.close();
    },
  };
}

/** Tokens that jobs count at a runner: of one that shall be alone, more than there is room for. */
function cost(jobs: readonly Job[]): number {
  return jobs[0]!.alone ? tokensAtRunner + 1 : padded(jobs);
}

/** True if `next` may go with `jobs` within the budget of all. */
function fits(jobs: readonly Job[], next: Job): boolean {
  const all = [...jobs, next];
  return all.every(({ alone, line }) => !alone && padded(all) <= line.tokenBudget);
}

/** Padded tokens of jobs that run together. */
function padded(jobs: readonly Job[]): number {
  const rows = jobs.reduce((sum, { batch }) => sum + batch.lengths.length, 0);
  return rows * jobs.reduce((most, { batch }) => Math.max(most, ...batch.lengths), 0);
}

/** The item with the smallest value; the first of several. */
function least<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>((best, item) => (best && value(best) <= value(item) ? best : item), undefined);
}

import { SecondpassError } from '../../errors.ts';
import { isWorkerLost, type Runner } from './runner.ts';
import { startPause } from './start-pause.ts';

/** A runner, and what it has to do. */
export interface Slot {
  readonly runner: Runner;
  jobs: number;
  tokens: number;
  /** Its runner died, and the batch that it ran has been blamed for it. */
  lost: boolean;
}

/** Runners that share work: some started, more to come when they are needed. */
export interface RunnerSet {
  /** Those that live, once the dead have been forgotten. */
  readonly slots: readonly Slot[];
  forgetDead(): void;
  /** Starts one more, if there may be more and what failed to start last is long enough ago. */
  grow(): void;
  /** Starts all that there may be. @throws SecondpassError `failed` if some do not start */
  fill(): Promise<void>;
  /** Ends, however often it is called, when every runner has ended. */
  close(): Promise<void>;
}

/** Who is told of starts that have ended. */
export interface RunnerSetEvents {
  /** A start has ended, well or not. */
  changed(): void;
  /** A start failed, and nobody is left to do the work. */
  stranded(error: unknown): void;
}

interface Failure {
  readonly error: unknown;
}

/** Starts the first of up to `size` runners. @throws what `start` throws */
export async function runnerSet(
  size: number,
  start: () => Promise<Runner>,
  { changed, stranded }: RunnerSetEvents,
): Promise<RunnerSet> {
  const slots: Slot[] = [slotOf(await start())];
  const pause = startPause();
  /** Starts under way; each ends with why it failed, if it did. */
  const growing = new Set<Promise<Failure | undefined>>();
  let closing: Promise<void> | undefined;

  const startOne = async (): Promise<Failure | undefined> => {
    try {
      const runner = await start();
      if (closing) await runner.close();
      else slots.push(slotOf(runner));
      pause.worked();
      return undefined;
    } catch (error) {
      pause.failed();
      if (slots.length === 0 && growing.size === 1) stranded(nobodyLeft(error));
      return { error };
    }
  };
  const add = (): void => {
    const started = startOne().finally(() => {
      growing.delete(started);
      changed();
    });
    growing.add(started);
  };
  const forgetDead = (): void => {
    for (const slot of slots.filter(({ runner }) => !runner.alive)) slots.splice(slots.indexOf(slot), 1);
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all([...slots.splice(0).map(({ runner }) => runner.close()), ...growing]);
  };

  return {
    slots,
    forgetDead,
    grow() {
      const there = slots.length + growing.size;
      // With no runner left, at once. After a failure one at a time: what cannot start is not started for ever.
      const allowed = there < size && pause.passed && (pause.over || growing.size === 0);
      if (there === 0 || allowed) add();
    },
    async fill() {
      forgetDead();
      while (slots.length + growing.size < size) add();
      const failures = (await Promise.all(growing)).filter((failure) => failure !== undefined);
      if (failures.length > 0 && !closing) throw notStarted(failures, slots.length, size);
    },
    close: () => (closing ??= closeAll()),
  };
}

function slotOf(runner: Runner): Slot {
  return { runner, jobs: 0, tokens: 0, lost: false };
}

/** A thread that ended while it started lost no batch: whoever waits for one is told why there is none. */
function nobodyLeft(error: unknown): unknown {
  if (!isWorkerLost(error)) return error;
  const { cause } = error as Error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SecondpassError(
    'failed',
    `No inference worker is left, and none could be started: ${why}. Free memory, or load the model with fewer workers.`,
    { cause, retryable: true },
  );
}

function notStarted(failures: readonly Failure[], working: number, size: number): SecondpassError {
  const { error } = failures[0]!;
  const why = error instanceof Error ? error.message : String(error);
  const rest = working > 0 ? `The model runs on the other ${working}` : 'The next call tries again';
  return new SecondpassError(
    'failed',
    `${failures.length} of ${size} workers could not be started: ${why}. ${rest}. Load it with fewer workers, or free memory.`,
    { cause: error, retryable: true },
  );
}

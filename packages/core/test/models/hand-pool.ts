// A pool whose runners a test moves by hand.
import { packBatch, type Batch, type Output } from '../../src/models/runtime/batch.ts';
import { openPool } from '../../src/models/runtime/fair-pool.ts';
import { workerLost, type Runner } from '../../src/models/runtime/runner.ts';

/** A batch of one pair of `length` tokens, with a number to know it by. */
export function batchOf(name: number, length = 400): Batch {
  return packBatch([{ ids: new Int32Array(length).fill(name), types: new Uint8Array(length) }]);
}

interface Hand {
  readonly runner: Runner;
  /** Names of the batches it was given, oldest first. */
  readonly begun: number[];
  /** Rows of those batches. */
  readonly rows: number[];
  /** Ends the oldest batch that it has: each row's logit is its first token. */
  finish(): void;
  /** Dies under whatever it has. */
  die(): void;
  closed: boolean;
}

/** A runner moved by hand, so that a test decides what ends when. */
export function handRunner(): Hand {
  const waiting: { resolve: (output: Output) => void; reject: (error: unknown) => void; batch: Batch }[] = [];
  let alive = true;
  const hand: Hand = {
    begun: [],
    rows: [],
    closed: false,
    finish: () => {
      const { resolve, batch } = waiting.shift()!;
      let at = 0;
      const firsts = Array.from(batch.lengths, (length) => batch.ids[(at += length) - length]!);
      resolve({ data: Float32Array.from(firsts), cols: 1 });
    },
    die: () => {
      alive = false;
      for (const { reject } of waiting.splice(0)) reject(workerLost('test'));
    },
    runner: {
      get alive() {
        return alive;
      },
      run: (batch) =>
        new Promise((resolve, reject) => {
          hand.begun.push(batch.ids[0]!);
          hand.rows.push(batch.lengths.length);
          waiting.push({ resolve, reject, batch });
        }),
      close: async () => void (hand.closed = true),
    },
  };
  return hand;
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pool over hand runners, and the runners in the order of their start. */
export async function handPool(size: number) {
  const hands: Hand[] = [];
  const start = async (): Promise<Runner> => {
    const hand = handRunner();
    hands.push(hand);
    return hand.runner;
  };
  return { pool: await openPool(size, start), hands };
}

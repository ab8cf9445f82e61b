import { describe, expect, it } from 'vitest';
import { packBatch, type Batch, type Logits } from '../../src/models/batch.ts';
import { openPool } from '../../src/models/fair-pool.ts';
import { isWorkerLost, workerLost, type Runner } from '../../src/models/runner.ts';

/** A batch of one pair of `length` tokens, with a number to know it by. */
function batchOf(name: number, length = 400): Batch {
  return packBatch([{ ids: new Int32Array(length).fill(name), types: new Uint8Array(length) }]);
}

interface Hand {
  readonly runner: Runner;
  /** Names of the batches it was given, oldest first. */
  readonly begun: number[];
  /** Ends the oldest batch that it has. */
  finish(): void;
  /** Dies under whatever it has. */
  die(): void;
  closed: boolean;
}

/** A runner moved by hand, so that a test decides what ends when. */
function handRunner(): Hand {
  const waiting: { resolve: (logits: Logits) => void; reject: (error: unknown) => void; name: number }[] = [];
  let alive = true;
  const hand: Hand = {
    begun: [],
    closed: false,
    finish: () => {
      const { resolve, name } = waiting.shift()!;
      resolve({ data: Float32Array.of(name), labels: 1 });
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
          waiting.push({ resolve, reject, name: batch.ids[0]! });
        }),
      close: async () => void (hand.closed = true),
    },
  };
  return hand;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pool over hand runners, and the runners in the order of their start. */
async function handPool(size: number) {
  const hands: Hand[] = [];
  const start = async (): Promise<Runner> => {
    const hand = handRunner();
    hands.push(hand);
    return hand.runner;
  };
  return { pool: await openPool(size, start), hands };
}

describe('openPool', () => {
  it('lets calls take turns: ten batches of one call wait for one of another, not for a hundred', async () => {
    const { pool, hands } = await handPool(1);
    const [long, short] = [pool.line(), pool.line()];
    for (let i = 0; i < 100; i++) void long.add(batchOf(1000 + i));
    for (let i = 0; i < 3; i++) void short.add(batchOf(i + 1));
    for (let i = 0; i < 7; i++) {
      hands[0]!.finish();
      await turn();
    }
    expect(hands[0]!.begun).toEqual([1000, 1, 1001, 2, 1002, 3, 1003, 1004]);
  });

  it('shares by tokens: short batches of one call keep up with long ones of another', async () => {
    const { pool, hands } = await handPool(1);
    const [long, short] = [pool.line(), pool.line()];
    for (let i = 0; i < 20; i++) void long.add(batchOf(1000 + i, 800));
    for (let i = 0; i < 9; i++) void short.add(batchOf(i + 1, 400));
    for (let i = 0; i < 7; i++) {
      hands[0]!.finish();
      await turn();
    }
    expect(hands[0]!.begun).toEqual([1000, 1, 2, 1001, 3, 4, 1002, 5]);
  });

  it('gives a call that was idle no credit for the time before', async () => {
    const { pool, hands } = await handPool(1);
    const [busy, idle] = [pool.line(), pool.line()];
    for (let i = 0; i < 20; i++) void busy.add(batchOf(1000 + i));
    for (let i = 0; i < 5; i++) {
      hands[0]!.finish();
      await turn();
    }
    for (let i = 0; i < 5; i++) void idle.add(batchOf(i + 1));
    for (let i = 0; i < 4; i++) {
      hands[0]!.finish();
      await turn();
    }
    expect(hands[0]!.begun.slice(6)).toEqual([1, 1006, 2, 1007]);
  });

  it('keeps a second batch at a runner only if both are short', async () => {
    const { pool, hands } = await handPool(1);
    const line = pool.line();
    for (const [name, length] of [
      [1, 300],
      [2, 200],
      [3, 10],
      [4, 600],
      [5, 10],
    ] as const)
      void line.add(batchOf(name, length));
    expect(hands[0]!.begun).toEqual([1, 2]);
    hands[0]!.finish();
    await turn();
    expect(hands[0]!.begun).toEqual([1, 2, 3]);
    hands[0]!.finish();
    await turn();
    expect(hands[0]!.begun).toEqual([1, 2, 3]);
    hands[0]!.finish();
    await turn();
    expect(hands[0]!.begun).toEqual([1, 2, 3, 4]);
  });

  it('starts more runners when work waits, and no more than its size', async () => {
    const { pool, hands } = await handPool(3);
    const line = pool.line();
    void line.add(batchOf(1));
    await turn();
    expect(hands.length).toBe(1);
    for (let i = 2; i < 9; i++) void line.add(batchOf(i));
    await turn();
    expect(hands.length).toBe(3);
    expect(hands.map(({ begun }) => begun.length)).toEqual([1, 1, 1]);
  });

  it('fill() starts all of them', async () => {
    const { pool, hands } = await handPool(3);
    await pool.fill();
    expect(hands.length).toBe(3);
    await pool.dispose();
    expect(hands.map(({ closed }) => closed)).toEqual([true, true, true]);
  });

  it('tries the batch of a dead runner once more on a new one, then gives it up', async () => {
    const { pool, hands } = await handPool(1);
    const answer = pool.line().add(batchOf(7));
    hands[0]!.die();
    await turn();
    expect(hands[1]!.begun).toEqual([7]);
    hands[1]!.finish();
    expect((await answer).data[0]).toBe(7);

    const lost = pool
      .line()
      .add(batchOf(8))
      .catch((error: unknown) => error);
    hands[1]!.die();
    await turn();
    hands[2]!.die();
    expect(isWorkerLost(await lost)).toBe(true);
  });

  it('replaces a runner that died while it had nothing to do', async () => {
    const { pool, hands } = await handPool(1);
    hands[0]!.die();
    const answer = pool.line().add(batchOf(3));
    await turn();
    hands[1]!.finish();
    expect((await answer).data[0]).toBe(3);
  });

  it('rejects what waits when no runner can be started any more, and does not try for ever', async () => {
    const first = handRunner();
    let starts = 0;
    const pool = await openPool(2, async () => {
      if (++starts === 1) return first.runner;
      throw new Error('no memory');
    });
    const line = pool.line();
    const answers = [line.add(batchOf(1)), line.add(batchOf(2))].map((answer) =>
      answer.catch((error: Error) => error.message),
    );
    await turn();
    first.die();
    expect(await Promise.all(answers)).toEqual(['no memory', 'no memory']);
    expect(starts).toBeLessThan(5);
  });

  it('a closed line forgets what has not begun', async () => {
    const { pool, hands } = await handPool(1);
    const line = pool.line();
    const answers = [1, 2, 3].map((name) =>
      line.add(batchOf(name)).then(
        ({ data }) => data[0],
        (error: Error) => error.message,
      ),
    );
    line.close();
    hands[0]!.finish();
    expect(await Promise.all(answers)).toEqual([
      1,
      expect.stringContaining('had ended'),
      expect.stringContaining('had ended'),
    ]);
    expect(hands[0]!.begun).toEqual([1]);
  });
});

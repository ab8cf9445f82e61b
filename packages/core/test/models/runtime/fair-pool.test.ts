import { describe, expect, it } from 'vitest';
import { openPool } from '../../../src/models/runtime/fair-pool.ts';
import { isWorkerLost, type Runner } from '../../../src/models/runtime/runner.ts';
import { batchOf, handPool, turn, handRunner } from '../hand-pool.ts';

describe('openPool', () => {
  it('lets calls take turns: ten batches of one call wait for one of another, not for a hundred', async () => {
    const { pool, hands } = await handPool(1);
    const [long, short] = [pool.line(1), pool.line(1)];
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
    const [long, short] = [pool.line(1), pool.line(1)];
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
    const [busy, idle] = [pool.line(1), pool.line(1)];
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
    const line = pool.line(1);
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

  it('runs small batches of several calls together, up to their budget, and gives each its own', async () => {
    const { pool, hands } = await handPool(1);
    const lines = [pool.line(100), pool.line(100), pool.line(100), pool.line(100)];
    const answers = [
      lines[0]!.add(batchOf(9, 600)),
      ...lines.map((line, index) => line.add(batchOf(index + 1, 30))),
      lines[0]!.add(batchOf(5, 30)),
    ].map((answer) => answer.then(({ data }) => [...data]));
    hands[0]!.finish();
    await turn();
    // 30 + 30 + 30 fit into 100; the calls that had nothing yet go first.
    expect(hands[0]!.rows).toEqual([1, 3, 2]);
    hands[0]!.finish();
    hands[0]!.finish();
    expect(await Promise.all(answers)).toEqual([[9], [1], [2], [3], [4], [5]]);
  });

  it('never mixes a call that wants its pairs alone', async () => {
    const { pool, hands } = await handPool(1);
    const [alone, together] = [pool.line(1), pool.line(100)];
    for (let i = 0; i < 2; i++) for (const line of [alone, together]) void line.add(batchOf(i + 1, 10));
    for (let i = 0; i < 4; i++) {
      if (hands[0]!.rows.length > i) hands[0]!.finish();
      await turn();
    }
    expect(hands[0]!.rows).toEqual([1, 1, 1, 1]);
  });

  it('tries the members of a failed run alone, so that one bad batch fails one call', async () => {
    let runs = 0;
    const runner: Runner = {
      alive: true,
      close: async () => {},
      async run({ ids, lengths }) {
        runs++;
        await turn();
        if (ids.includes(13)) throw new Error('bad token');
        return { data: Float32Array.from(lengths), cols: 1 };
      },
    };
    const pool = await openPool(1, async () => runner);
    const blocker = pool.line(1).add(batchOf(1, 600));
    const answers = [7, 13, 8].map((name) => pool.line(1000).add(batchOf(name, 20)));
    expect(await Promise.allSettled([blocker, ...answers])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled', value: { data: Float32Array.of(20) } },
      { status: 'rejected', reason: { message: 'bad token' } },
      { status: 'fulfilled' },
    ]);
    expect(runs).toBe(1 + 1 + 3);
  });

  it('starts more runners when work waits, and no more than its size', async () => {
    const { pool, hands } = await handPool(3);
    const line = pool.line(1);
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

  it('fill() while it is being filled ends when all have started', async () => {
    const starts: (() => void)[] = [];
    const started = (): Promise<Runner> => new Promise((resolve) => starts.push(() => resolve(handRunner().runner)));
    const opening = openPool(3, started);
    starts.shift()!();
    const pool = await opening;
    const ended: string[] = [];
    const fills = ['first', 'second'].map((name) => pool.fill().then(() => ended.push(name)));
    await turn();
    expect(ended).toEqual([]);
    for (const start of starts) start();
    await Promise.all(fills);
    expect([starts.length, ended.length]).toEqual([2, 2]);
    await pool.dispose();
  });

  it('tries the batch of a dead runner once more on a new one, then gives it up', async () => {
    const { pool, hands } = await handPool(1);
    const answer = pool.line(1).add(batchOf(7));
    hands[0]!.die();
    await turn();
    expect(hands[1]!.begun).toEqual([7]);
    hands[1]!.finish();
    expect((await answer).data[0]).toBe(7);

    const lost = pool
      .line(1)
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
    const answer = pool.line(1).add(batchOf(3));
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
    const line = pool.line(1);
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
    const line = pool.line(1);
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

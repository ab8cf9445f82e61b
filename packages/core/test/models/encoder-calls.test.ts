import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/models/runtime/batch.ts';
import type { LoadedEncoder } from '../../src/load/load-encoder.ts';
import { textEncoder, type TextVectors } from '../../src/models/encoder.ts';
import type { Pool } from '../../src/models/runtime/fair-pool.ts';
import { readModelFolder } from '../../src/models/files/model-folder.ts';
import { pairTokenizer } from '../../src/models/tokenize/tokenizer.ts';
import { encode, load } from './encoders.ts';
import { passages, tiny } from './tiny.ts';

describe('a text that was given up or let go', () => {
  /** An encoder whose runs end when the test says so, one text each; it keeps nothing. */
  async function byHand() {
    const files = await readModelFolder(tiny('headless'), undefined);
    const runs: { readonly text: Batch; readonly finish: () => Promise<void> }[] = [];
    const pool: Pool = {
      line: () => ({
        add: (text) =>
          new Promise((resolve) => {
            const rows = text.lengths.map((length) => length + 1);
            const finish = async (): Promise<void> => {
              resolve({ data: new Float32Array(rows[0]! * 2).fill(1), cols: 2, rows });
              await new Promise((resolve) => setImmediate(resolve));
            };
            runs.push({ text, finish });
          }),
        close: () => {},
      }),
      fill: async () => {},
      dispose: async () => {},
    };
    const encoder = textEncoder({
      tokenizer: pairTokenizer({ tokenizer: files.tokenizer, config: files.tokenizerConfig }, 128),
      pool,
      tokenBudget: 1,
      maxQueue: 1e6,
      run: { by: 'by hand', durationMs: 0 },
      dim: 2,
      maxLength: 128,
      specialIds: new Set(),
      notes: [],
      storage: 'int8',
      cacheBytes: 0,
    });
    return { encoder, runs };
  }
  /** Until that many texts have been handed over: tokenising gives way now and then, on a busy machine often. */
  const handedOver = async (runs: readonly unknown[], count: number): Promise<void> => {
    while (runs.length < count) await new Promise((resolve) => setImmediate(resolve));
  };

  it('belongs to who took it up next, also when the first call ends', async () => {
    const { encoder, runs } = await byHand();
    const first = encoder.encode(['the river', 'a town'], { tokens: true }, () => {});
    await handedOver(runs, 2);
    await runs.find(({ text }) => text.ids.length === 4)!.finish();
    const found: TextVectors[] = [];
    const second = encoder.encode(
      ['the river', 'a town'],
      { tokens: true },
      (index, vectors) => (found[index] = vectors),
    );
    await handedOver(runs, 3);
    for (const { finish } of runs) await finish();
    expect(await first).toMatchObject({ texts: 2 });
    expect(await second).toMatchObject({ texts: 1 });
    expect(runs.length).toBe(3);
    expect(found.map(({ tokens }) => tokens?.rows)).toEqual([4, 4]);
  });
});

describe('the vectors of whole texts', () => {
  const rows = ({ value }: Awaited<ReturnType<LoadedEncoder['vectors']>>): (number | undefined)[] =>
    value.map((matrix) => matrix?.rows);

  it('are one row each, also where token vectors are kept', async () => {
    const encoder = await load();
    const texts = passages(5);
    const { value } = await encoder.vectors(texts);
    expect(value.map((matrix) => [matrix?.rows, matrix?.cols])).toEqual(texts.map(() => [1, encoder.dim]));
    expect(Math.min(...rows(await encoder.tokenVectors(texts)).map(Number))).toBeGreaterThan(2);
    expect((await encoder.vectors(texts)).value).toEqual(value);
  });

  it('are one row each while another call wants the token vectors of the same texts, in either order', async () => {
    const encoder = await load({ cacheBytes: 0 });
    const texts = passages(5);
    const alone = rows(await encoder.tokenVectors(texts));
    const [before, tokens, after] = await Promise.all([
      encoder.vectors(texts),
      encoder.tokenVectors(texts),
      encoder.vectors(texts),
    ]);
    expect([rows(before), rows(tokens), rows(after)]).toEqual([texts.map(() => 1), alone, texts.map(() => 1)]);
  });
});

describe('a call', () => {
  it('that is aborted leaves another one its texts', async () => {
    const encoder = await load({ workers: 1, tokenBudget: 1 });
    const texts = passages(200);
    const controller = new AbortController();
    const heard: number[] = [];
    const first = encoder.encode(texts, { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) }, () => {}); // prettier-ignore
    const second = encoder.encode(texts, {}, (index) => heard.push(index));
    await expect(first).rejects.toThrow('enough');
    expect((await second).texts).toBeGreaterThan(190);
    expect(heard.sort((a, b) => a - b)).toEqual([...texts.keys()]);
  });

  it('whose visitor throws fails alone', async () => {
    const encoder = await load({ workers: 1 });
    const texts = passages(30);
    const failing = encoder.encode(texts, {}, () => {
      throw new Error('mine');
    });
    const other = encode(encoder, texts, false);
    await expect(failing).rejects.toThrow('mine');
    expect((await other).length).toBe(30);
  });

  it('whose visitor throws over what another computes fails alone, too', async () => {
    const encoder = await load({ workers: 1 });
    const texts = passages(30);
    const other = encode(encoder, texts, false);
    const failing = encoder.encode(texts, {}, () => {
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    expect((await other).length).toBe(30);
  });

  it('ends at its deadline with what there is, and says how much that was', async () => {
    const encoder = await load({ workers: 1, tokenBudget: 1 });
    const texts = passages(5000);
    let heard = 0;
    const outcome = await encoder.encode(texts, { deadline: Date.now() + 150 }, () => heard++);
    expect(outcome.late).toBe(true);
    expect(heard).toBeLessThan(5000);
    expect(outcome.texts).toBe(heard);
    const late = await encoder.vectors(['the town'], { deadline: Date.now() - 1 });
    expect(late.value).toEqual([undefined]);
    expect(late.notes).toMatchObject([{ code: 'timed-out' }]);
  });

  it('of a disposed encoder is refused, even for what was kept', async () => {
    const encoder = await load();
    await encode(encoder, ['the river']);
    await encoder.dispose();
    await expect(encode(encoder, ['the river'])).rejects.toMatchObject({ code: 'disposed' });
    await expect(encoder.warmUp()).rejects.toMatchObject({ code: 'disposed' });
  });

  it('that finds all its texts kept is never refused, however much waits', async () => {
    const encoder = await load({ workers: 1, maxQueue: 10 });
    await encoder.vectors(['the river']);
    const long = encoder.vectors(passages(500));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(encoder.vectors(['the town'])).rejects.toMatchObject({ code: 'overloaded' });
    expect((await encoder.vectors(['the river'])).run?.usage).toMatchObject({ pairs: 0, cached: 1 });
    await long;
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Batch } from '../../src/models/runtime/batch.ts';
import { openPool, type Pool } from '../../src/models/runtime/fair-pool.ts';
import { startInProcess } from '../../src/models/runtime/in-process-runner.ts';
import { readModelFolder } from '../../src/models/files/model-folder.ts';
import { pairClassifier } from '../../src/models/pair-classifier.ts';
import type { Runner } from '../../src/models/runtime/runner.ts';
import type { PairTokenizer } from '../../src/models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../../src/models/tokenize/tokenizer.ts';
import { passages, tiny, tinyGolden } from './tiny.ts';

let tokenizer: PairTokenizer;
let pool: Pool;
const begun: Batch[] = [];
beforeAll(async () => {
  const files = await readModelFolder(tiny('one'), undefined);
  tokenizer = pairTokenizer({ tokenizer: files.tokenizer, config: files.tokenizerConfig }, 128);
  const session = await startInProcess({ graph: join(tiny('one'), 'model.onnx'), padId: 0, usesTypes: true });
  const watched: Runner = {
    ...session,
    run(batch) {
      begun.push(batch);
      return session.run(batch);
    },
  };
  pool = await openPool(1, async () => watched);
});
afterAll(() => pool.dispose());

const parts = { label: 0, maxQueue: 1e6 };

it('gives the reference logits for all pairs, an empty text among them', async () => {
  const classifier = pairClassifier({ tokenizer, pool, tokenBudget: 512, ...parts });
  for (const [index, [query, text]] of tinyGolden.pairs.entries()) {
    const { logits } = await classifier.classify(query, [text]);
    expect(Math.abs(logits[0]! - tinyGolden.models.one.logits[index]!), text.slice(0, 40)).toBeLessThan(1e-5);
  }
});

it('reports what was truncated, copies too, and counts what ran', async () => {
  const classifier = pairClassifier({ tokenizer, pool, tokenBudget: 512, ...parts });
  const long = 'the river '.repeat(200);
  const { truncated, pairs, tokens } = await classifier.classify('a', ['a', long, 'b', long]);
  expect(truncated).toEqual([1, 3]);
  expect([pairs, tokens]).toEqual([3, 5 + 5 + 128]);
});

it('begins nothing more for a call that was aborted', async () => {
  const classifier = pairClassifier({ tokenizer, pool, tokenBudget: 1, ...parts });
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error('enough'));
  begun.length = 0;
  await expect(classifier.classify('a', passages(600), { signal: controller.signal, onProgress })).rejects.toThrow(
    'enough',
  );
  const after = begun.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(after).toBeLessThan(8);
  expect(begun.length - after).toBeLessThan(3);
});

it('tokenises no further ahead than it must', async () => {
  const encoded: string[] = [];
  const counted: PairTokenizer = {
    ...tokenizer,
    encode(text, beyond) {
      encoded.push(text);
      return tokenizer.encode(text, beyond);
    },
  };
  const classifier = pairClassifier({ tokenizer: counted, pool, tokenBudget: 512, ...parts });
  let most = 0;
  await classifier.classify('a', passages(3000), {
    onProgress: (done) => (most = Math.max(most, encoded.length - done)),
  });
  expect(encoded.length).toBe(3000);
  expect(most).toBeLessThan(600);
});

it('is a failure of the call, not of the model, when a graph cannot run a batch', async () => {
  const broken = pairClassifier({
    tokenizer: {
      ...tokenizer,
      pair: () => ({ pair: { ids: Int32Array.of(2, 1e6, 3), types: new Uint8Array(3) }, truncated: false }),
    },
    pool,
    tokenBudget: 512,
    ...parts,
  });
  await expect(broken.classify('a', ['b', 'c'])).rejects.toThrow('indices element out of data bounds');
  expect((await pairClassifier({ tokenizer, pool, tokenBudget: 512, ...parts }).classify('a', ['b'])).pairs).toBe(1);
});

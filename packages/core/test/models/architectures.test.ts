import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../src/models/files/model-config.ts';
import { readModelFolder } from '../../src/models/files/model-folder.ts';
import { openSession } from '../../src/models/runtime/onnx-session.ts';
import { packBatch } from '../../src/models/runtime/batch.ts';
import type { PairTokenizer } from '../../src/models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../../src/models/tokenize/tokenizer.ts';
import type { Pair } from '../../src/models/tokenize/pair-tokenizer.ts';

// Every architecture that public rerankers use, as a small random model with a tokenizer of its own kind. The goldens are
// the reference library's; test/golden/architectures/make.py makes them. Token ids are equal; scores agree to 1e-4.
const fixtures = fileURLToPath(new URL('../../../../test/golden/architectures/fixtures/', import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(`${fixtures}${path}`, 'utf8'));

interface Golden {
  readonly maxLength: number;
  readonly inputs: readonly string[];
  readonly pairs: readonly {
    readonly pair: readonly [number, number];
    readonly ids: readonly number[];
    readonly types?: number;
    readonly score: number | readonly number[];
  }[];
}

const texts = (json('texts.json') as (string | { repeat: string; times: number })[]).map((text) =>
  typeof text === 'string' ? text : text.repeat.repeat(text.times),
);
const names = [
  'bert',
  'bert-2-labels',
  'bert-3-labels',
  'electra',
  'distilbert',
  'mpnet',
  'roberta',
  'xlm-roberta',
  'deberta-v2',
];
names.push('deberta-v3', 'modernbert', 'gte', 'qwen2-classifier', 'qwen3-classifier', 'gemma-classifier');

describe.each(names)('%s', (name) => {
  const golden = json(`${name}/golden.json`) as Golden;
  const load = async (): Promise<{ tokenizer: PairTokenizer; folder: Awaited<ReturnType<typeof readModelFolder>> }> => {
    const folder = await readModelFolder(`${fixtures}${name}`, undefined);
    const tokenizer = pairTokenizer({ tokenizer: folder.tokenizer, config: folder.tokenizerConfig }, golden.maxLength);
    return { tokenizer, folder };
  };
  const pairOf = (tokenizer: PairTokenizer, [first, second]: readonly [number, number]): Pair =>
    tokenizer.pair(tokenizer.encode(texts[first]!), tokenizer.encode(texts[second]!)).pair;

  it('has the reference tokenizer’s ids and types for every pair', async () => {
    const { tokenizer } = await load();
    const wrong = golden.pairs.flatMap(({ pair, ids, types }) => {
      const ours = pairOf(tokenizer, pair);
      const same =
        ours.ids.join() === ids.join() &&
        (types === undefined || ours.types.filter((type) => type === 0).length === types);
      return same
        ? []
        : [
            {
              pair: pair.map((at) => texts[at]!.slice(0, 60)),
              ours: ours.ids.join(' ').slice(0, 300),
              ids: ids.join(' ').slice(0, 300),
            },
          ];
    });
    expect(wrong).toEqual([]);
  });

  it('has the reference library’s scores, alone and in a batch', async () => {
    const { tokenizer, folder } = await load();
    const { padId, usesTypes } = readModelConfig(folder.config, folder.tokenizerConfig);
    const session = await openSession({ graph: folder.graphPath, padId, usesTypes });
    try {
      const pairs = golden.pairs.map(({ pair }) => pairOf(tokenizer, pair));
      const together: number[] = [];
      for (let from = 0; from < pairs.length; from += 16) {
        const { data } = await session.run(packBatch(pairs.slice(from, from + 16)));
        together.push(...data);
      }
      let worst = 0;
      for (const [index, { score }] of golden.pairs.entries()) {
        const expected = typeof score === 'number' ? [score] : score;
        const { data } = await session.run(packBatch([pairs[index]!]));
        for (const [label, value] of expected.entries()) {
          worst = Math.max(worst, Math.abs(data[label]! - value));
          worst = Math.max(worst, Math.abs(together[index * expected.length + label]! - value));
        }
      }
      expect(worst).toBeLessThan(1e-4);
    } finally {
      await session.release();
    }
  });
});

import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCrossEncoder, type LoadedCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { openEncoder } from '../../src/load/load-encoder.ts';
import { readRarity } from '../../src/load/load-ranker.ts';
import { readRankerFile } from '../../src/load/ranker-file.ts';
import { embedding } from '../../src/score/embedding.ts';
import { lateInteraction } from '../../src/score/late-interaction.ts';
import { lexicalShare, rareMaxSim } from '../../src/score/rare-tokens.ts';
import type { LoadOptions } from '../../src/load/load-options.ts';
import type { Content } from '../../src/types.ts';
import { candidates, passages, tiny, tinyGolden } from './tiny.ts';

const loaded: LoadedCrossEncoder[] = [];
async function load(source?: string, options?: LoadOptions): Promise<LoadedCrossEncoder> {
  const scorer = await loadCrossEncoder(source, options);
  loaded.push(scorer);
  return scorer;
}
afterAll(() => Promise.all(loaded.map((model) => model.dispose())));

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
async function scores(scorer: LoadedCrossEncoder, query: Content, texts: readonly string[]): Promise<number[]> {
  const { value } = await scorer.score(query, candidates(texts));
  return Array.from(value.scores, (score) => score!);
}

describe('scores of the reference library, fp32, within 1e-5', () => {
  // An empty text is left unscored by the scorer; that the graph agrees on it is shown in classifier.test.ts.
  const pairs = tinyGolden.pairs.map((pair, index) => ({ pair, index })).filter(({ pair }) => pair[1] !== '');

  it.each([{ workers: 0 }, { workers: 2 }, { workers: 2, tokenBudget: 1 }, { workers: 1, tokenBudget: 4096 }])(
    'with %j',
    async (options) => {
      const scorer = await load(tiny('one'), options);
      for (const { pair, index } of pairs) {
        const [score] = await scores(scorer, pair[0], [pair[1]]);
        expect(Math.abs(score! - tinyGolden.models.one.logits[index]!), pair[1].slice(0, 40)).toBeLessThan(1e-5);
      }
    },
  );

  it('as probabilities: its default activation', async () => {
    const scorer = await load(tiny('one'), { workers: 0, kind: 'probability' });
    for (const { pair, index } of pairs) {
      const [score] = await scores(scorer, pair[0], [pair[1]]);
      expect(Math.abs(score! - tinyGolden.models.one.scores[index]!)).toBeLessThan(1e-6);
    }
  });
});

describe('the embedded int8 models', () => {
  type Terms = Readonly<Record<'max-sim' | 'rare-max-sim' | 'cosine' | 'lexical', number>>;
  interface Golden {
    readonly files: Readonly<Record<string, string>>;
    readonly pairs: readonly (Terms & Readonly<Record<'query' | 'text', string> & { logit: number; short: Terms }>)[];
  }
  const golden = JSON.parse(readFileSync(at('golden/embedded.json'), 'utf8')) as Golden;

  it('is the one that the golden was made with (else: python test/golden/make_embedded.py)', () => {
    for (const [name, hash] of Object.entries(golden.files)) {
      const file = readFileSync(at(`../../../model-mini-en/model/${name}`));
      expect(createHash('sha256').update(file).digest('hex'), name).toBe(hash);
    }
  });

  it('scores as the Python runtime does, whatever else is in the call', async () => {
    // A last bit of rounding, which differs by processor, may move an activation by a whole step of int8: .036 on a text of 406
    // word pieces, without VNNI. Products that stop at 16 bits, which must not happen, move short texts by .08 to .65.
    const scorer = await load();
    for (const query of new Set(golden.pairs.map((pair) => pair.query))) {
      const rows = golden.pairs.filter((pair) => pair.query === query && pair.text !== '');
      const got = await scores(
        scorer,
        query,
        rows.map(({ text }) => text),
      );
      for (const [index, { logit, text }] of rows.entries()) {
        expect(Math.abs(got[index]! - logit), text.slice(0, 40)).toBeLessThan(0.06);
      }
    }
  });

  it.each([
    // As bytes: what maths/byte-matrix.ts and loadEncoder say of it, measured 0.0007; the short one 0.0011.
    { graph: 'encoder_int8.onnx', termsOf: (row: Golden['pairs'][number]): Terms => row, asBytes: 0.001 },
    { graph: 'encoder-short_int8.onnx', termsOf: (row: Golden['pairs'][number]): Terms => row.short, asBytes: 0.0015 },
  ])(
    '$graph says of texts what the Python runtime says, be vectors kept as numbers or as bytes',
    async ({ graph, termsOf, asBytes }) => {
      const folder = at('../../../model-mini-en/model');
      const { rarity: entry, queryTokens, documentTokens } = (await readRankerFile(folder))!;
      const rarity = await readRarity(folder, entry!);
      const lengths = { queryTokens, documentTokens };
      const said: Record<string, number[]> = {};
      for (const storage of ['float32', 'int8'] as const) {
        const encoder = await openEncoder(undefined, { workers: 1, storage }, graph);
        const scorers = {
          lexical: lexicalShare(encoder, rarity, lengths),
          cosine: embedding(encoder, lengths),
          'max-sim': lateInteraction(encoder, lengths),
          'rare-max-sim': rareMaxSim(encoder, rarity, lengths),
        };
        for (const query of new Set(golden.pairs.map((pair) => pair.query))) {
          const rows = golden.pairs.filter((pair) => pair.query === query && pair.text !== '');
          const list = candidates(rows.map(({ text }) => text));
          for (const [name, scorer] of Object.entries(scorers)) {
            const { value } = await scorer.score(query, list);
            const numbers = Array.from(value.scores, (score) => score!);
            (said[storage] ??= []).push(...numbers);
            for (const [index, row] of rows.entries()) {
              // Kernels differ by processor, as above.
              const difference = Math.abs(numbers[index]! - termsOf(row)[name as keyof Terms]);
              expect(difference, `${storage} ${name} of ${row.text.slice(0, 40)}`).toBeLessThan(0.01);
            }
          }
        }
        await encoder.dispose();
      }
      const differences = said['int8']!.map((score, index) => Math.abs(score - said['float32']![index]!));
      expect(Math.max(...differences)).toBeLessThan(asBytes);
      expect(Math.max(...differences)).toBeGreaterThan(0);
    },
  );

  it('gives a pair the same score alone and in company, to the last bit', async () => {
    const scorer = await load();
    const texts = golden.pairs.filter(({ text }) => text !== '').map(({ text }) => text);
    const together = await scores(scorer, 'when was the bridge opened', texts);
    for (const [index, text] of texts.entries()) {
      expect(await scores(scorer, 'when was the bridge opened', [text])).toEqual([together[index]]);
    }
  });
});

describe('batched is single', () => {
  it('for every budget and number of workers, within 1e-5', async () => {
    const texts = passages(300);
    const single = await scores(await load(tiny('one'), { workers: 0, tokenBudget: 1 }), 'who was it for', texts);
    for (const options of [
      { workers: 0 },
      { workers: 2 },
      { workers: 3, tokenBudget: 100 },
      { workers: 1, tokenBudget: 20_000 },
    ]) {
      const batched = await scores(await load(tiny('one'), options), 'who was it for', texts);
      expect(Math.max(...batched.map((score, index) => Math.abs(score - single[index]!)))).toBeLessThan(1e-5);
    }
  });

  it('equal texts are scored once and equally', async () => {
    const scorer = await load(tiny('one'), { workers: 1 });
    const texts = ['the river', 'a town', 'the river', 'the river', 'a town'];
    const { value, run } = await scorer.score('who', candidates(texts));
    expect(run!.usage!.pairs).toBe(2);
    const [river, town] = [value.scores[0], value.scores[1]];
    expect(Array.from(value.scores)).toEqual([river, town, river, river, town]);
    expect(river).not.toBe(town);
  });
});

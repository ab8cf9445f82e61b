import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { loadEncoder } from '../../src/load/load-encoder.ts';
import { loadReranker, type LoadedReranker, type RerankerLoadOptions } from '../../src/load/load-reranker.ts';
import { parseRanker } from '../../src/load/ranker-file.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { embedding } from '../../src/score/embedding.ts';
import { lateInteraction } from '../../src/score/late-interaction.ts';
import { testReranker } from '../../src/testing/test-reranker.ts';
import { testScorer } from '../../src/testing/test-scorer.ts';
import type { Candidate } from '../../src/types.ts';
import { candidates, passages, tiny } from './tiny.ts';

const open: LoadedReranker[] = [];
async function load(source?: string, options?: RerankerLoadOptions): Promise<LoadedReranker> {
  const reranker = await loadReranker(source, options);
  open.push(reranker);
  return reranker;
}
afterAll(() => Promise.all(open.map((reranker) => reranker.dispose())));

const line = (...terms: object[]): object => ({ intercept: 0.5, terms });
const whole = {
  format: 1,
  about: { by: 'hand' },
  queryTokens: 32,
  documentTokens: 64,
  rarity: { file: 'rarity.bin', perUnit: 20, meanTokens: 20 },
  lines: {
    default: line({ of: 'cosine', weight: 1 }, { of: 'max-sim', weight: 2 }, { of: 'first-stage', weight: 3, present: -1, saturation: 10 }), // prettier-ignore
    pairs: line({ of: 'logit', weight: 2 }),
    all: line(...['logit', 'max-sim', 'cosine', 'rare-max-sim', 'lexical'].map((of) => ({ of, weight: 1 })), {
      of: 'first-stage',
      weight: 0.01,
    }),
  },
};

/** A model folder with a cross-encoder, an encoder and this ranker.json, if any. */
async function folderWith(ranker: object | string | undefined): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'secondpass-ranker-')), 'tiny-en');
  await cp(tiny('one'), folder, { recursive: true });
  await cp(join(tiny('headless'), 'model.onnx'), join(folder, 'encoder.onnx'));
  await writeFile(
    join(folder, 'rarity.bin'),
    Uint8Array.from({ length: 700 }, (_, id) => id % 100),
  );
  const text = typeof ranker === 'string' ? ranker : JSON.stringify(ranker);
  if (ranker !== undefined) await writeFile(join(folder, 'ranker.json'), text);
  return folder;
}

const query = 'what is the history of the town';
const retrieved = (content: string, value: number, kind: 'retrieval' | 'similarity' = 'retrieval'): Candidate => ({ id: content, content, score: { value, kind, by: 'bm25' } }); // prettier-ignore
const logits = async (reranker: LoadedReranker, list: readonly Candidate[]): Promise<(number | undefined)[]> => {
  const { value } = await reranker.scorer.score(query, list);
  return Array.from(value.details!, (detail) => detail?.logit);
};

describe('a folder with a ranker.json', () => {
  let folder: string;
  beforeAll(async () => void (folder = await folderWith(whole)));

  it('is scored as its default line says', async () => {
    const encoder = await loadEncoder(folder, { workers: 0 });
    const lengths = { queryTokens: 32, documentTokens: 64 };
    const list = [retrieved('the river', 10), retrieved('a town', 0), ...candidates(passages(5, 90))];
    const [cosines, similarities] = [
      (await embedding(encoder, lengths).score(query, list)).value.scores,
      (await lateInteraction(encoder, lengths).score(query, list)).value.scores,
    ];
    await encoder.dispose();
    const reranker = await load(folder, { workers: 1 });
    const found = await logits(reranker, list);
    const scores = Array.from((await reranker.scorer.score(query, list)).value.scores);
    for (const [index, logit] of found.entries()) {
      const first = [-1 + 3 * 0.5, -1][index] ?? 0;
      expect(logit).toBeCloseTo(0.5 + cosines[index]! + 2 * similarities[index]! + first, 5);
      expect(scores[index]).toBeCloseTo(sigmoid(logit!), 9);
    }
    expect(reranker.name).toMatch(/^tiny-en\/default@[0-9a-f]{12}:fp32$/);
    expect(reranker.scorer).toMatchObject({ kind: 'probability', pointwise: true });
  });

  it('gives logits where they are asked for', async () => {
    const [probable, raw] = [await load(folder), await load(folder, { kind: 'logit' })];
    const list = candidates(passages(3));
    expect(await logits(probable, list)).toEqual(Array.from((await raw.scorer.score(query, list)).value.scores));
    expect(raw.scorer.kind).toBe('logit');
  });

  it('takes no score for a first-stage score but those of kind retrieval and of 0 and more, and says so of those below', async () => {
    const reranker = await load(folder);
    const list = [
      { id: 'a', content: 'the river' },
      retrieved('the river', -2),
      retrieved('the river', 0.9, 'similarity'),
      retrieved('the river', 9),
    ];
    const [without, negative, other, given] = await logits(reranker, list);
    expect([negative, other]).toEqual([without, without]);
    const { notes } = await reranker.rerank(query, list);
    expect(notes.map(({ code }) => code)).toEqual(['duplicate-id', 'partly-scored']);
    expect(notes[1]).toMatchObject({ by: 'first-stage', ids: [list[1]!.id] });
    expect(notes[1]!.message).toContain('1 first-stage score(s) are below 0');
    expect(given).not.toBe(without);
  });

  it('leaves unscored what its parts cannot read, with one note, and never reads vectors of others', async () => {
    const reranker = await load(folder);
    const vectors = { data: new Float32Array(1536).fill(1), rows: 1, cols: 1536 };
    const list: Candidate[] = [
      { ...retrieved('', 20), vectors },
      { ...retrieved('a town', 1), vectors },
    ];
    const { results, notes } = await reranker.rerank(query, list);
    expect(results.map(({ score }) => score !== undefined)).toEqual([true, false]);
    expect(notes).toMatchObject([{ code: 'empty-text', ids: [''] }]);
  });

  it('keeps as many bytes of vectors as it is told', async () => {
    const list = candidates(passages(3));
    const cachedIn = async (options: RerankerLoadOptions): Promise<number | undefined> => {
      const reranker = await load(folder, { workers: 0, ...options });
      await reranker.rerank(query, list);
      return (await reranker.rerank(query, list)).runs[0]!.usage?.cached;
    };
    expect(await cachedIn({})).toBeGreaterThan(0);
    expect((await cachedIn({ cacheBytes: 0 })) ?? 0).toBe(0);
    await expect(loadReranker(folder, { cacheBytes: -1 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(loadReranker('mini-en/cross-encoder', { cacheBytes: 1 })).rejects.toThrow(
      /keeps no vectors.*withCache/,
    );
  });

  it('keeps vectors as it is told: in four times the bytes, with hardly another score', async () => {
    const list = candidates(passages(12));
    const scoredIn = async (options: RerankerLoadOptions): Promise<{ scores: number[]; cached: number }> => {
      const reranker = await load(folder, { workers: 0, cacheBytes: 10_000, ...options });
      await reranker.rerank(query, list);
      const { results, runs } = await reranker.rerank(query, list);
      const byId = results.toSorted((a, b) => a.candidate.id.localeCompare(b.candidate.id));
      return { scores: byId.map(({ score }) => score!.value), cached: runs[0]!.usage?.cached ?? 0 };
    };
    const [bytes, floats] = [await scoredIn({ storage: 'int8' }), await scoredIn({ storage: 'float32' })];
    expect(await scoredIn({})).toEqual(bytes);
    expect(floats.cached).toBeLessThan(bytes.cached);
    expect(floats.scores).not.toEqual(bytes.scores);
    for (const [at, value] of floats.scores.entries()) expect(value).toBeCloseTo(bytes.scores[at]!, 2);
    const wrong = { storage: 'fp16' } as unknown as RerankerLoadOptions;
    await expect(loadReranker(folder, wrong)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(loadReranker('mini-en/cross-encoder', { storage: 'int8' })).rejects.toThrow(/no storage/);
  });

  it('that has no such file is its cross-encoder, as it always was', async () => {
    const plain = await folderWith(undefined);
    const [reranker, scorer] = [await load(plain), await loadCrossEncoder(plain, { kind: 'probability' })];
    const list = candidates(passages(3));
    expect(reranker.name).toBe(scorer.name);
    expect((await reranker.scorer.score(query, list)).value).toEqual((await scorer.score(query, list)).value);
    await scorer.dispose();
  });

  it('that lacks a part is refused before the first call', async () => {
    const broken = await folderWith(whole);
    await rm(join(broken, 'rarity.bin'));
    await expect(loadReranker(broken)).rejects.toMatchObject({ code: 'invalid-model', message: expect.stringContaining('rarity.bin') }); // prettier-ignore
  });

  it('reads the encoder that a line names, and no other', async () => {
    const { lines, ...rest } = whole;
    const named = (encoder: string): Promise<string> =>
      folderWith({ ...rest, lines: { default: { ...lines.default, encoder } } });
    const other = await named('encoder-other.onnx');
    await rename(join(other, 'encoder.onnx'), join(other, 'encoder-other.onnx'));
    await writeFile(join(other, 'encoder.onnx'), 'no graph');
    const list = candidates(passages(5));
    expect(await logits(await load(other), list)).toEqual(await logits(await load(folder), list));
    const refused = (given: string, options?: RerankerLoadOptions): Promise<LoadedReranker> =>
      loadReranker(given, { workers: 0, ...options });
    await expect(refused(other, { precision: 'int8' })).rejects.toThrow(
      /no int8 graph; it has encoder-other\.onnx \(fp32\)/,
    );
    await expect(refused(await named('encoder-none.onnx'))).rejects.toThrow(/has no encoder-none\.onnx; fetch/);
    await expect(refused(await named('../encoder.onnx'))).rejects.toThrow(/lines\.default\.encoder is no name/);
    await expect(refused(await named('model.onnx'))).rejects.toThrow(/lines\.default\.encoder is no name/);
  });

  testReranker('its default line', async () => load(folder, { workers: 1 }), { test, query, runs: 10 });
  const all = async () => (await load(await folderWith({ ...whole, lines: { default: whole.lines.all } }), { workers: 1 })).scorer; // prettier-ignore
  testScorer('a line of all terms', all, { test, query, runs: 10, tolerance: 1e-3 });
});

describe('the embedded model', () => {
  it.each(['mini-en', 'mini-en/fast', 'mini-en/best', undefined, '@secondpass/model-mini-en'])(
    'as %s gives a candidate alone the score that it gets in company, to the last bit',
    async (name) => {
      const reranker = await load(name, { workers: 2 });
      const list = [
        retrieved('Frank Herbert wrote Dune.', 12.5),
        { id: 'b', content: 'A dune is a hill of sand made by the wind.' },
        retrieved('Cats sleep for most of the day.', 0.25),
        { id: 'd', content: 'The novel Dune, which Frank Herbert wrote in 1965, was followed by five others.' },
      ];
      const { results } = await reranker.rerank('who wrote Dune?', list);
      expect(results.at(-1)!.candidate).toBe(list[2]);
      const alone = await load(name, { workers: 1 });
      for (const { candidate, score } of results) {
        const { results } = await alone.rerank('who wrote Dune?', [candidate]);
        expect(results[0]!.score).toEqual(score);
      }
    },
  );

  it('has its cross-encoder by a name of its own', async () => {
    const [named, scorer] = [await load('mini-en/cross-encoder'), await loadCrossEncoder()];
    expect(named.name).toBe(scorer.name);
    await scorer.dispose();
  });

  it('says which lines it has, and takes no option of cross-encoders where it has none', async () => {
    await expect(loadReranker('mini-en/slow')).rejects.toMatchObject({ code: 'unknown-model', message: expect.stringMatching(/no line "slow".*default, fast, best, cross-encoder/) }); // prettier-ignore
    await expect(loadReranker('mini-en/fast', { label: 0 })).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('ranker.json', () => {
  const { lines, ...rest } = whole;
  const broken: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{', /no JSON/],
    ['another format', { ...whole, format: 2 }, /format is 2; this version reads 1/],
    ['no lines', rest, /lines is no object/],
    ['no default', { ...rest, lines: { fast: lines.default } }, /no "default"/],
    ['an unknown entry', { ...whole, extra: 1 }, /unknown entry "extra"/],
    ['an unknown term', { ...rest, lines: { default: line({ of: 'bm25', weight: 1 }) } }, /terms\[0\]\.of is "bm25"; known: logit/], // prettier-ignore
    ['a weight that is no number', { ...rest, lines: { default: line({ of: 'cosine', weight: '1' }) } }, /terms\[0\]\.weight is "1"/], // prettier-ignore
    ['a presence of what is always there', { ...rest, lines: { default: line({ of: 'cosine', weight: 1, present: 1 }) } }, /only first-stage/], // prettier-ignore
    ['only first-stage scores', { ...rest, lines: { default: line({ of: 'first-stage', weight: 1 }) } }, /names no part of the model/], // prettier-ignore
    ['a saturation of 0', { ...rest, lines: { default: line({ of: 'cosine', weight: 1 }, { of: 'first-stage', weight: 1, saturation: 0 }) } }, /saturation is 0/], // prettier-ignore
    ['a table outside of its folder', { ...whole, rarity: { ...whole.rarity, file: '../x.bin' } }, /no name of a \.bin file/], // prettier-ignore
    ['a term without its table', { ...whole, rarity: undefined }, /"rarity" is missing/],
    ['too few tokens', { ...whole, documentTokens: 2 }, /documentTokens is 2, not a number of 8/],
  ];
  it.each(broken)('with %s is refused, naming the place', (_, content, message) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    expect(() => parseRanker(text, 'ranker.json')).toThrow(message);
  });
  it('is read whole', () => {
    expect(parseRanker(JSON.stringify(whole), 'x')).toMatchObject({ queryTokens: 32, rarity: whole.rarity });
    expect([...parseRanker(JSON.stringify(whole), 'x').lines.keys()]).toEqual(['default', 'pairs', 'all']);
  });
});

import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { toBytes } from '../../src/maths/byte-matrix.ts';
import { loadEncoder, type LoadedEncoder } from '../../src/load/load-encoder.ts';
import type { Encoder } from '../../src/models/encoder.ts';
import { byScore } from '../../src/rerank/by-score.ts';
import { embedding } from '../../src/score/embedding.ts';
import { lateInteraction } from '../../src/score/late-interaction.ts';
import { logisticBlend } from '../../src/score/logistic-blend.ts';
import { lexicalShare, rareMaxSim } from '../../src/score/rare-tokens.ts';
import { testReranker } from '../../src/testing/test-reranker.ts';
import { testScorer } from '../../src/testing/test-scorer.ts';
import type { Candidate, Matrix } from '../../src/types.ts';
import { candidates, passages, tiny } from '../models/tiny.ts';

const query = 'what is the history of the town';
const rarity = { values: Array.from({ length: 700 }, (_, id) => (id % 7) + 1), meanTokens: 20 };
const open: LoadedEncoder[] = [];
const load = async (...options: Parameters<typeof loadEncoder>): Promise<LoadedEncoder> => {
  const encoder = await loadEncoder(...options);
  open.push(encoder);
  return encoder;
};
afterAll(() => Promise.all(open.map((encoder) => encoder.dispose())));

describe('the laws hold for', () => {
  // fp32 in batches of other shapes: the last bits of a sum depend on its order; and bytes round at other places.
  const tolerance = 1e-3;
  const scorers = {
    embedding: (encoder: Encoder) => embedding(encoder),
    'late interaction': (encoder: Encoder) => lateInteraction(encoder),
    'rare MaxSim': (encoder: Encoder) => rareMaxSim(encoder, rarity, {}),
    'lexical share': (encoder: Encoder) => lexicalShare(encoder, rarity, {}),
  };
  for (const [name, make] of Object.entries(scorers)) {
    const made = async () => make(await load(tiny('headless'), { workers: 1 }));
    testScorer(name, made, { test, query, tolerance, runs: 12 });
  }
  const both = async () => {
    const encoder = await load(tiny('headless'), { workers: 2 });
    return byScore(
      logisticBlend([{ scorer: lateInteraction(encoder), weight: 2 }, { scorer: embedding(encoder), weight: 1 }], { intercept: -1 }), // prettier-ignore
    );
  };
  testReranker('a blend over one encoder', both, { test, query, runs: 12 });
  testScorer('the embedded encoder, to the last bit', async () => lateInteraction(await load()), { test, runs: 6, tolerance: 0 }); // prettier-ignore
});

describe('scorers over one encoder', () => {
  let encoder: LoadedEncoder;
  beforeAll(async () => {
    encoder = await load(tiny('headless'), { workers: 2 });
  });

  it('give what each gives alone, whoever of them came first, and encode every text once', async () => {
    const list = candidates(passages(20));
    const alone = async (make: (encoder: Encoder) => ReturnType<typeof embedding>): Promise<number[]> => {
      const fresh = await load(tiny('headless'), { workers: 0 });
      return Array.from((await make(fresh).score(query, list)).value.scores, (score) => score!);
    };
    const [cosines, similarities] = [await alone(embedding), await alone(lateInteraction)];
    for (const order of [
      [embedding, lateInteraction],
      [lateInteraction, embedding],
    ]) {
      const shared = await load(tiny('headless'), { workers: 2 });
      const answers = await Promise.all(order.map((make) => make(shared).score(query, list)));
      const [one, other] = order[0] === embedding ? answers : answers.toReversed();
      for (const index of list.keys()) {
        expect(one!.value.scores[index]).toBeCloseTo(cosines[index]!, 5);
        expect(other!.value.scores[index]).toBeCloseTo(similarities[index]!, 3);
      }
      expect(answers.reduce((sum, { run }) => sum + run!.usage!.pairs!, 0)).toBe(20);
      const again = await order[0]!(shared).score(query, list);
      expect(again.run!.usage).toEqual({ pairs: 0, tokens: 0, cached: 20 });
      expect(again.value).toEqual(answers[0]!.value);
    }
  });

  it('score given vectors as they score the text that they are of', async () => {
    const texts = ['the river', 'a town and the bridge', 'who was it for'];
    const { value: wholes } = await encoder.vectors(texts);
    const { value: tokens } = await encoder.tokenVectors(texts);
    const list = candidates(texts);
    const withGiven = (vectors: readonly (Matrix | undefined)[]): Candidate[] =>
      list.map((candidate, index) => ({
        ...candidate,
        content: index === 0 ? 'half \ud83d' : '',
        vectors: vectors[index]!,
      }));
    for (const [scorer, given] of [
      [embedding(encoder), withGiven(wholes)],
      [lateInteraction(encoder), withGiven(tokens)],
      [lateInteraction(encoder, { vectors: ({ vectors }) => vectors && toBytes(vectors) }), withGiven(tokens)],
    ] as const) {
      const wanted = (await scorer.score(query, list)).value.scores;
      const { value, notes } = await scorer.score(query, given);
      expect(notes).toEqual([]);
      for (const index of list.keys()) expect(value.scores[index]).toBeCloseTo(wanted[index]!, 2);
    }
  });

  it('read only vectors of their own shape, and refuse those of another model with the way out', async () => {
    const vectors = { data: new Float32Array(8).fill(1), rows: 1, cols: 8 };
    const list = [{ id: 'a', content: 'the river', vectors }];
    await expect(embedding(encoder).score(query, list)).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringMatching(/"a" are \[1, 8\].*length 32.*vectors: \(\) => undefined/) }); // prettier-ignore
    expect((await embedding(encoder, { vectors: () => undefined }).score(query, list)).value.scores[0]).toBeDefined();
    expect((await lateInteraction(encoder).score(query, list)).value.scores[0]).toBeDefined();
    const ofTokens = [{ ...list[0]!, vectors: { ...vectors, rows: 2, cols: 4 } }];
    expect((await embedding(encoder).score(query, ofTokens)).value.scores[0]).toBeDefined();
  });

  it('leave images and empty texts unscored, and note what was cut, query or text', async () => {
    const image = { type: 'image', mediaType: 'image/png', data: new Uint8Array(1) } as const;
    const long = 'the town '.repeat(200);
    const list = [...candidates(['the river', '', long]), { id: 'i', content: [image] }];
    for (const scorer of [embedding(encoder), lateInteraction(encoder)]) {
      const { value, notes } = await scorer.score(query, list);
      expect(Array.from(value.scores, (score) => score !== undefined)).toEqual([true, false, true, false]);
      expect(notes).toMatchObject([
        { code: 'truncated', ids: ['d2'], by: scorer.name },
        { code: 'empty-text', ids: ['d1'] },
        { code: 'unsupported-content', ids: ['i'] },
      ]);
      const [first] = (await scorer.score(long, list.slice(0, 1))).notes!;
      expect(first).toMatchObject({ code: 'truncated', message: expect.stringContaining('The query is longer than the 128'), ids: ['d0'] }); // prettier-ignore
    }
  });

  it('put prefixes before what they read', async () => {
    const plain = await embedding(encoder).score('the town', candidates(['the river and the sea']));
    const scorer = embedding(encoder, { queryPrefix: 'the ', documentPrefix: 'the river ' });
    const prefixed = await scorer.score('town', candidates(['and the sea']));
    expect(prefixed.value.scores[0]).toBeCloseTo(plain.value.scores[0]!, 6);
  });

  it('at a deadline return what there is', async () => {
    const slow = await load(tiny('headless'), { workers: 1, tokenBudget: 1 });
    const list = candidates(passages(4000));
    const { value, notes } = await lateInteraction(slow).score(query, list, { deadline: Date.now() + 200 });
    const scored = Array.from(value.scores).filter((score) => score !== undefined).length;
    expect(scored).toBeLessThan(4000);
    expect(notes).toMatchObject([{ code: 'timed-out', message: `The deadline came before ${4000 - scored} candidate(s) were scored.` }]); // prettier-ignore
  });

  it('at a deadline return what there is of given vectors, too', async () => {
    const vectors = { data: new Float32Array(2000 * 32).fill(1), rows: 2000, cols: 32 };
    const list = candidates(passages(4000)).map((candidate) => ({ ...candidate, vectors }));
    const { value, notes } = await lateInteraction(encoder).score(query, list, { deadline: Date.now() + 100 });
    const scored = Array.from(value.scores).filter((score) => score !== undefined).length;
    expect(scored).toBeGreaterThan(0);
    expect(scored).toBeLessThan(4000);
    expect(notes).toMatchObject([{ code: 'timed-out', message: expect.stringContaining(`${4000 - scored}`) }]);
  });

  it('report progress that never falls and ends with all', async () => {
    const list: Candidate[] = candidates(passages(30));
    const { value } = await encoder.tokenVectors(['the river']);
    list[7] = { ...list[7]!, vectors: value[0]! };
    const done: number[] = [];
    await lateInteraction(encoder).score(query, list, { onEvent: (event) => event.type === 'rerank-progress' && done.push(event.done) }); // prettier-ignore
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(30);
  });

  it('check their options', () => {
    expect(() => lateInteraction(encoder, { querytokens: 9 } as never)).toThrow('did you mean "queryTokens"');
    for (const make of [embedding, lateInteraction]) {
      expect(() => make(encoder, { documentTokens: 7 })).toThrow('documentTokens is 7');
      expect(() => make(encoder, { queryTokens: 7 })).toThrow('queryTokens is 7');
    }
  });
});

describe('over any encoder', () => {
  /** An encoder of two numbers, the length of a text and 1; it visits and answers as it is told. */
  const lengths = (
    more: { visits?: (call: number) => boolean; lost?: number[]; late?: boolean; cut?: boolean } = {},
  ) => {
    const asked: unknown[] = [];
    let calls = 0;
    const encoder: Encoder = {
      name: 'lengths',
      run: { by: 'lengths', durationMs: 0 },
      dim: 2,
      maxLength: 99,
      specialIds: new Set(),
      notes: [],
      async encode(texts, options, visit) {
        asked.push([texts, { ...options, onProgress: undefined }]);
        const vectorOf = (text: string) => Float32Array.of(text.length, 1);
        if (more.visits?.(calls++) ?? true) {
          for (const [index, text] of texts.entries())
            visit(index, { vector: vectorOf(text), ids: Int32Array.of(1), truncated: more.cut ?? false });
        }
        return { lost: more.lost ?? [], late: more.late ?? false, texts: texts.length, tokens: 3, cached: 0 };
      },
    };
    return { encoder, asked };
  };
  const vectors = { data: Float32Array.of(1, 1), rows: 1, cols: 2 };

  it('128 tokens of the query and 256 of a text are read, under the signal and the deadline of the call', async () => {
    const { encoder, asked } = lengths();
    const call = { signal: new AbortController().signal, deadline: 9e15 };
    const { run } = await embedding(encoder).score('q', candidates(['abc']), call);
    expect(asked).toEqual([
      [['q'], { ...call, tokens: false, maxLength: 128 }],
      [['abc'], { ...call, tokens: false, maxLength: 256 }],
    ]);
    expect(run!.usage).toEqual({ pairs: 1, tokens: 6, cached: 0 });
  });

  it('what was lost, or came too late, is noted: the whole list with the query, else by its own place', async () => {
    const list = candidates(['a', 'b', 'c']);
    const noted = async (more: Parameters<typeof lengths>[0], given = list) =>
      (await embedding(lengths(more).encoder).score('q', given)).notes!.map(({ code, ids }) => [code, ids]);
    expect(await noted({ visits: () => false })).toEqual([['worker-lost', ['d0', 'd1', 'd2']]]);
    expect(await noted({ visits: () => false, late: true })).toEqual([['timed-out', ['d0', 'd1', 'd2']]]);
    const first = [{ ...list[0]!, vectors }, ...list.slice(1)];
    expect(await noted({ visits: (call) => call === 0, lost: [0, 1] }, first)).toEqual([['worker-lost', ['d1', 'd2']]]);
  });

  it('a query that is too long is said to be as long as the encoder reads', async () => {
    const { notes } = await embedding(lengths({ cut: true }).encoder).score('q', candidates(['a']));
    expect(notes![0]!.message).toContain('longer than the 99 tokens');
  });

  it('vectors with too few numbers are refused, and an abort between many is heard', async () => {
    const { encoder } = lengths();
    const short = [{ ...candidates(['a'])[0]!, vectors: { ...vectors, data: Float32Array.of(1) } }];
    await expect(embedding(encoder).score('q', short)).rejects.toMatchObject({ code: 'invalid-argument' });
    const rows = 5000;
    const tokens = { data: new Float32Array(2 * rows).fill(1), rows, cols: 2 };
    const controller = new AbortController();
    const slow: Encoder = {
      ...encoder,
      encode: async (texts, _options, visit) => {
        for (const index of texts.keys()) visit(index, { vector: vectors.data, tokens, ids: Int32Array.of(1), truncated: false }); // prettier-ignore
        setImmediate(() => controller.abort('enough'));
        return { lost: [], late: false, texts: texts.length, tokens: 0, cached: 0 };
      },
    };
    const list = candidates(['a', 'b', 'c']).map((candidate) => ({ ...candidate, vectors: tokens }));
    await expect(lateInteraction(slow).score('q', list, { signal: controller.signal })).rejects.toBe('enough');
  });
});

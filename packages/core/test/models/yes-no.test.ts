import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCrossEncoder, type LoadedCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { loadReranker } from '../../src/load/load-reranker.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { knownPrompts, promptOf } from '../../src/models/files/prompt.ts';
import { prompted } from '../../src/models/prompted.ts';
import { pairTokenizer } from '../../src/models/tokenize/tokenizer.ts';

// Rerankers that are language models. The goldens are by their authors' procedure; where nothing is cut, the reference
// library agrees with them (test/golden/architectures/yes_no.py makes them and checks that).
const fixtures = fileURLToPath(new URL('../../../../test/golden/architectures/fixtures/', import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(`${fixtures}${path}`, 'utf8'));

interface Golden {
  readonly maxLength: number;
  readonly before: number;
  readonly after: number;
  readonly answers: readonly number[];
  readonly pairs: readonly {
    readonly pair: readonly [number, number];
    readonly middle: readonly number[];
    readonly score: number;
    readonly instruction?: string;
  }[];
}

const texts = (json('texts.json') as (string | { repeat: string; times: number })[]).map((text) =>
  typeof text === 'string' ? text : text.repeat.repeat(text.times),
);
const visible = (at: number): boolean => /[^\s\p{Cc}\p{Cf}\p{Cs}]/u.test(texts[at]!);

describe.each([
  ['qwen3-yes-no', 'qwen3-reranker'],
  ['qwen2-yes-no', 'mxbai-rerank-v2'],
])('%s', (name, promptName) => {
  const folder = `${fixtures}${name}`;
  const golden = json(`${name}/golden.json`) as Golden;
  const own = golden.pairs.find(({ instruction }) => instruction !== undefined)!.instruction!;
  let models: ReadonlyMap<string | undefined, LoadedCrossEncoder>;
  beforeAll(async () => {
    const load = (instruction: string | undefined): Promise<LoadedCrossEncoder> =>
      loadCrossEncoder(folder, { workers: 0, maxLength: golden.maxLength, instruction });
    models = new Map([
      [undefined, await load(undefined)],
      [own, await load(own)],
    ]);
  });
  afterAll(async () => {
    for (const model of models.values()) await model.dispose();
  });

  it('has the ids of the authors’ procedure for every pair', async () => {
    const prompt = knownPrompts[promptName]!;
    const files = { tokenizer: json(`${name}/tokenizer.json`), config: json(`${name}/tokenizer_config.json`) } as never;
    const tokenizer = pairTokenizer(files, golden.maxLength, prompt);
    expect(tokenizer.answers).toEqual(golden.answers);
    const wrong: unknown[] = [];
    for (const { pair, middle, instruction } of golden.pairs) {
      let seen: readonly number[] = [];
      const spy = prompted(
        {
          classify: (query, [text]) => {
            const first = tokenizer.encode(query, Infinity);
            seen = [...tokenizer.pair(first, tokenizer.encode(text!, first.ids.length)).pair.ids];
            return Promise.reject(new Error('only the ids are wanted'));
          },
          warmUp: () => Promise.resolve(),
          dispose: () => Promise.resolve(),
        },
        prompt,
        instruction,
      );
      await spy.classify(texts[pair[0]]!, [texts[pair[1]]!]).catch(() => {});
      const ours = seen.slice(golden.before, seen.length - golden.after);
      if (ours.join() !== middle.join()) wrong.push({ pair, instruction, ours, middle });
    }
    expect(wrong).toEqual([]);
  });

  it('has the reference’s scores, with its own instruction and with the caller’s', async () => {
    let worst = 0;
    let compared = 0;
    for (const { pair, score, instruction } of golden.pairs) {
      if (!pair.every(visible)) continue;
      const candidates = [{ id: 'a', content: texts[pair[1]]! }];
      const { value } = await models.get(instruction)!.score(texts[pair[0]]!, candidates);
      worst = Math.max(worst, Math.abs(value.scores[0]! - score));
      compared++;
    }
    expect(worst).toBeLessThan(1e-4);
    expect(compared).toBeGreaterThan(100);
  });

  it('scores many at once as one by one, whatever shares the batch', async () => {
    const candidates = texts.flatMap((content, at) => (visible(at) ? [{ id: `${at}`, content }] : []));
    await using together = await loadCrossEncoder(folder, {
      workers: 0,
      maxLength: golden.maxLength,
      tokenBudget: 2000,
    });
    const [many, alone] = [
      await together.score(texts[2]!, candidates),
      await models.get(undefined)!.score(texts[2]!, candidates),
    ];
    for (const [at, score] of Array.from(alone.value.scores).entries()) {
      expect(Math.abs(many.value.scores[at]! - score!)).toBeLessThan(1e-5);
    }
    expect(alone.notes?.find(({ code }) => code === 'truncated')?.ids?.length).toBeGreaterThan(2);
  });

  it('gives the softmax of the two answers as its probability', async () => {
    await using reranker = await loadReranker(folder, { workers: 0, maxLength: golden.maxLength });
    const { pair, score } = golden.pairs.find(({ pair: both }) => both.every(visible))!;
    const { results } = await reranker.rerank(texts[pair[0]]!, [{ id: 'a', content: texts[pair[1]]! }]);
    expect(results[0]!.score!.kind).toBe('probability');
    expect(results[0]!.score!.value).toBeCloseTo(sigmoid(score), 4);
  });
});

describe('a prompt', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secondpass-prompt-'));
    await cp(`${fixtures}qwen3-yes-no`, folder, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const configure = async (change: object): Promise<void> => {
    const config = JSON.parse(await readFile(`${fixtures}qwen3-yes-no/config.json`, 'utf8')) as object;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }));
  };

  it('can be named by the model’s configuration', async () => {
    const score = async (): Promise<number> => {
      await using model = await loadCrossEncoder(folder, { workers: 0, maxLength: 320 });
      return (await model.score('what is a cat?', [{ id: 'a', content: 'a pet' }])).value.scores[0]!;
    };
    const byArchitecture = await score();
    await configure({ architectures: ['Unheard'], secondpass: { prompt: 'qwen3-reranker' } });
    expect(await score()).toBe(byArchitecture);
    await configure({ secondpass: { prompt: 'toString' } });
    await expect(score()).rejects.toThrow(/prompt "toString"; known: qwen3-reranker/);
  });

  it('of the configuration goes before the catalogue’s, and that before the architecture’s', () => {
    const architectures = ['Qwen3ForCausalLM'];
    const [qwen, mxbai] = [knownPrompts['qwen3-reranker'], knownPrompts['mxbai-rerank-v2']];
    expect(promptOf({ architectures, secondpass: { prompt: 'qwen3-reranker' } }, 'mxbai-rerank-v2')).toBe(qwen);
    expect(promptOf({ architectures }, 'mxbai-rerank-v2')).toBe(mxbai);
    expect(promptOf({ architectures }, undefined)).toBe(qwen);
    expect(promptOf({ architectures: ['BertForSequenceClassification'] }, undefined)).toBeUndefined();
  });

  it('is needed for an instruction', async () => {
    const bert = loadReranker(`${fixtures}bert`, { workers: 0, instruction: 'find cats' });
    await expect(bert).rejects.toThrow(/bert reads no instruction/);
  });

  it('leaves marks alone that stand in texts', async () => {
    const calls: unknown[] = [];
    const spy = {
      classify: (...call: unknown[]) => (calls.push(call.slice(0, 2)), Promise.reject(new Error('seen'))),
      warmUp: () => Promise.resolve(),
      dispose: () => Promise.resolve(),
    };
    await prompted(spy, knownPrompts['mxbai-rerank-v2']!)
      .classify('{document} $&', ['{query} $1'])
      .catch(() => {});
    await prompted(spy, knownPrompts['qwen3-reranker']!, '{query}')
      .classify('q', ['d'])
      .catch(() => {});
    expect(calls).toEqual([
      ['query: {document} $&', ['\ndocument: {query} $1']],
      ['<Instruct>: {query}\n<Query>: q\n<Document>:', [' d']],
    ]);
  });
});

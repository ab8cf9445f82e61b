import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { loadReranker } from '../../src/load/load-reranker.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';
import { candidates, tiny, tinyCopy, tinyGolden } from './tiny.ts';
import { kept } from './kept.ts';
import { expectRefusal } from './refusals.ts';

describe('loadReranker', () => {
  it('without a source ranks with the embedded model, in probabilities, and says what ran', async () => {
    const reranker = kept(await loadReranker());
    const texts = ['Cats sleep a lot.', 'Frank Herbert wrote the novel Dune.', 'A dune is a hill of sand.'];
    const { results, notes, runs } = await reranker.rerank('who wrote Dune?', candidates(texts));
    expect(results[0]!.originalIndex).toBe(1);
    for (const { score, detail } of results) {
      expect(score!.kind).toBe('probability');
      expect(score!.value).toBe(sigmoid(detail!.logit!));
      expect(score!.by).toBe(reranker.name);
    }
    expect(notes).toEqual([]);
    expect(runs[0]).toMatchObject({ model: '@secondpass/model-mini-en', device: 'cpu', precision: 'int8' });
    expect(runs[0]!.usage).toMatchObject({ pairs: 3 });
  });

  it('takes a folder as a path or a file URL, and a relative path', async () => {
    for (const source of [
      tiny('one'),
      pathToFileURL(tiny('one')),
      pathToFileURL(tiny('one')).href,
      './packages/core/test/models/tiny/one',
    ]) {
      const reranker = kept(await loadReranker(source, { workers: 0 }));
      expect(reranker.name).toMatch(/^one@[0-9a-f]{12}:fp32$/);
    }
  });

  it('takes a package that carries a model', async () => {
    const reranker = kept(await loadReranker('@secondpass/model-mini-en', { workers: 0 }));
    expect(reranker.run.revision).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('a name', () => {
  /** A working directory for one test. */
  async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
    const before = process.cwd();
    const folder = await mkdtemp(join(tmpdir(), 'secondpass-cwd-'));
    process.chdir(folder);
    try {
      await work(folder);
    } finally {
      process.chdir(before);
    }
  }

  it('of a line of the embedded model is that, whatever file has the same name', () =>
    inFolder(async () => {
      await writeFile('mini-en', 'a file');
      for (const source of ['mini-en', 'mini-en/fast']) {
        const reranker = kept(await loadReranker(source, { workers: 0 }));
        expect(reranker.run.model).toBe('@secondpass/model-mini-en');
      }
    }));

  it('of a folder is that before all else', () =>
    inFolder(async (folder) => {
      await cp(tiny('one'), join(folder, 'mini-en'), { recursive: true });
      await cp(tiny('one'), join(folder, 'owner/name'), { recursive: true });
      for (const [source, name] of [
        ['mini-en', 'mini-en'],
        ['owner/name', 'name'],
      ] as const) {
        expect(kept(await loadReranker(source, { workers: 0 })).run.model).toBe(name);
      }
    }));

  it('of a file, where a folder or a hub model is meant, is refused and not looked for on the hub', () =>
    inFolder(async () => {
      await mkdir('model');
      await writeFile('model/model.onnx', 'a graph');
      await expectRefusal(loadReranker('model/model.onnx'), 'unknown-model', 'is a file; give the folder');
      await expectRefusal(loadCrossEncoder('model/model.onnx'), 'unknown-model', 'is a file; give the folder');
    }));

  it('of a package is that, also where it does not export its package.json', () =>
    inFolder(async (folder) => {
      const carrier = join(folder, 'node_modules', '@someone', 'model');
      await cp(tiny('one'), join(carrier, 'model'), { recursive: true });
      const manifest = { name: '@someone/model', version: '1.2.3', exports: './index.js', secondpass: { model: './model' } }; // prettier-ignore
      await writeFile(join(carrier, 'package.json'), JSON.stringify(manifest));
      const reranker = kept(await loadReranker('@someone/model', { workers: 0 }));
      expect(reranker.run).toMatchObject({ model: '@someone/model', revision: '1.2.3' });
    }));
});

describe('what a model says with two and three labels', () => {
  it('two labels: the difference of their logits', async () => {
    const scorer = kept(await loadCrossEncoder(tiny('two'), { workers: 0 }));
    for (const [index, [query, text]] of tinyGolden.pairs.slice(0, 2).entries()) {
      const { value } = await scorer.score(query, candidates([text]));
      const [no, yes] = tinyGolden.models.two.logits[index]!;
      expect(value.scores[0]).toBeCloseTo(yes! - no!, 4);
    }
  });

  it('three labels: the log-odds of the label that is named, which must be', async () => {
    await expectRefusal(
      loadCrossEncoder(tiny('three'), { workers: 0 }),
      'invalid-argument',
      '3 labels',
      '1 entailment',
      'label',
    );
    await expectRefusal(
      loadCrossEncoder(tiny('three'), { workers: 0, label: 'relevant' }),
      'invalid-argument',
      '"relevant"',
      '2 neutral',
    );
    const scorer = kept(
      await loadCrossEncoder(tiny('three'), { workers: 0, label: 'entailment', kind: 'probability' }),
    );
    const [query, text] = tinyGolden.pairs[1]!;
    const row = tinyGolden.models.three.logits[1]!.map((logit) => Math.exp(logit));
    const { value } = await scorer.score(query, candidates([text]));
    expect(value.scores[0]).toBeCloseTo(row[1]! / (row[0]! + row[1]! + row[2]!), 5);
  });
});

describe('one loaded model', () => {
  it('gives scores of either kind', async () => {
    const scorer = kept(await loadCrossEncoder(tiny('one'), { workers: 0 }));
    const [logits, probabilities] = [
      await scorer.as('logit').score('who', candidates(['a river'])),
      await scorer.as('probability').score('who', candidates(['a river'])),
    ];
    expect(logits.value.scores).toEqual((await scorer.score('who', candidates(['a river']))).value.scores);
    expect(probabilities.value.scores[0]).toBe(sigmoid(logits.value.scores[0]!));
    expect(() => scorer.as('similarity' as never)).toThrow('kind is "similarity"');
  });

  it.each([
    ['a cross-encoder', (): string => tiny('one')],
    ['a blend of parts', (): string => 'mini-en/fast'],
  ])('%s: a call may ask for the other kind, in the same order, without a trace on the next', async (_, source) => {
    const reranker = kept(await loadReranker(source(), { workers: 0 }));
    const list = candidates(['a river', 'the bridge was built in 1923', 'bridges over rivers']);
    const ask = (kind?: 'logit' | 'probability'): ReturnType<typeof reranker.rerank> =>
      reranker.rerank('when was the bridge built', list, { kind });
    const [plain, logits, again] = [await ask(), await ask('logit'), await ask()];
    expect(plain.results.every(({ score }) => score!.kind === 'probability')).toBe(true);
    expect(logits.results.every(({ score }) => score!.kind === 'logit')).toBe(true);
    expect(logits.results.map(({ originalIndex }) => originalIndex)).toEqual(
      plain.results.map(({ originalIndex }) => originalIndex),
    );
    for (const [at, { score, detail }] of logits.results.entries()) {
      expect(score!.value).toBe(detail!.logit);
      expect(plain.results[at]!.score!.value).toBe(sigmoid(score!.value));
    }
    expect(again.results).toEqual(plain.results);
    const above = await reranker.rerank('when was the bridge built', list, {
      kind: 'logit',
      minScore: { kind: 'probability', value: plain.results[0]!.score!.value - 1e-9 },
    });
    expect(above.results.map(({ originalIndex }) => originalIndex)).toEqual([plain.results[0]!.originalIndex]);
    await expect(ask('similarity' as never)).rejects.toThrow('kind is "similarity"');
    await expect(reranker.rerank('q', list, { activation: 'sigmoid' } as never)).rejects.toThrow(/known: .*kind/);
  });
});

describe('the revision of a folder', () => {
  const revisionOf = async (folder: string): Promise<string | undefined> =>
    kept(await loadCrossEncoder(folder, { workers: 0 })).run.revision;

  it('changes with the weights that lie beside the graph, and with no other file', async () => {
    const folder = await tinyCopy('one');
    const seen = [await revisionOf(folder)];
    for (const name of ['model.onnx_data', 'model.onnx.data', 'model.onnx_data_1', 'shared.onnx_data']) {
      for (const weights of [Buffer.alloc(600_000), Buffer.alloc(600_000, 1)]) {
        await writeFile(join(folder, name), weights);
        seen.push(await revisionOf(folder));
      }
    }
    expect(new Set(seen).size).toBe(9);
    for (const name of ['README.md', 'model.onnx_data.txt', 'other.onnx_data']) {
      await writeFile(join(folder, name), 'x');
      expect(await revisionOf(folder)).toBe(seen.at(-1));
    }
  });
});

describe('options', () => {
  it.each([
    [{ worker: 2 }, 'did you mean "workers"'],
    [{ cacheByte: 1 }, 'did you mean "cacheBytes"'],
    [{ keep: 'int8' }, 'storage'],
    [{ workers: -1 }, 'workers is -1'],
    [{ tokenBudget: 0 }, 'tokenBudget is 0'],
    [{ maxLength: 2 }, 'maxLength is 2'],
    [{ precision: 'fp64' }, 'precision is "fp64"'],
    [{ kind: 'similarity' }, 'kind is "similarity"'],
  ])('%j is refused', async (options, part) => {
    await expectRefusal(loadReranker(tiny('one'), options as never), 'invalid-argument', part);
  });

  it('a precision that the folder does not have', async () => {
    await expectRefusal(
      loadReranker(tiny('one'), { precision: 'int8' }),
      'invalid-model',
      'no int8 graph',
      'model.onnx (fp32)',
    );
  });
});

// The Python side from end to end, on next to nothing: that every command still runs and that what it makes loads in the
// engine. What it learns from so little says nothing. Its requirements take six gigabytes, so nobody installs them by
// surprise: SECONDPASS_PYTHON names a Python that has them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byScore, embedding, lateInteraction, type Scorer } from '@secondpass/core';
import { loadCrossEncoder, loadEncoder } from '@secondpass/core/models';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const training = join(root, 'packages/model-mini-en/training');
const collections = join(root, '../shared/data');
const work = join(root, 'test/output/training');
const python = process.env['SECONDPASS_PYTHON'] ?? 'python3';
const needs = ['torch', 'onnx', 'onnxruntime', 'tokenizers', 'safetensors', 'snowballstemmer', 'pyflakes'];
const present = spawnSync(python, ['-c', `import ${needs.join()}`]).status === 0;

function run(...args: readonly string[]): string {
  return execFileSync(python, args, { cwd: training, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const query = 'How long do tests take?';
const candidates = [
  { id: 'a', content: 'The tests take two minutes.' },
  { id: 'b', content: 'Rivers carry water to the sea.' },
];

const order = async (scorer: Scorer) =>
  (await byScore(scorer).rerank(query, candidates)).results.map(({ candidate }) => candidate.id);

/** An encoder of that folder, as a whole and token by token. */
async function comparesTexts(folder: string): Promise<void> {
  const encoder = await loadEncoder(folder, { workers: 1 });
  try {
    for (const scorer of [embedding(encoder), lateInteraction(encoder)])
      expect(await order(scorer)).toEqual(['a', 'b']);
  } finally {
    await encoder.dispose();
  }
}

/** A folder with sixty paragraphs of this repository's documentation. */
function ownTexts(): string {
  const corpus = join(work, 'corpus');
  mkdirSync(corpus, { recursive: true });
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const paragraphs = pages.flatMap((name) => readFileSync(join(root, 'docs', name), 'utf8').split(/\n\n+/));
  const texts = paragraphs.filter((text) => /^[A-Z]/.test(text) && text.length > 80).slice(0, 60);
  writeFileSync(
    join(corpus, 'corpus.jsonl'),
    texts.map((text, at) => JSON.stringify({ _id: `d${at}`, text })).join('\n'),
  );
  return corpus;
}

function lastStep(model: string): number {
  const log = readFileSync(join(model, 'work/run/log.jsonl'), 'utf8').trim().split('\n');
  return (JSON.parse(log.at(-1)!) as { step: number }).step;
}

describe.skipIf(!present)('training (needs Python with its requirements and pyflakes: SECONDPASS_PYTHON)', () => {
  it('uses no name that is not there', () => {
    const files = readdirSync(training).filter((name) => name.endsWith('.py'));
    expect(files.length).toBeGreaterThan(20);
    expect(run('-m', 'pyflakes', ...files)).toBe('');
  });

  it('explains each command', () => {
    const commands = readdirSync(training).filter(
      (name) => name.endsWith('.py') && readFileSync(join(training, name), 'utf8').includes('__main__'),
    );
    expect(commands).toContain('fine_tune.py');
    for (const name of commands) expect(run(name, '--help'), name).toContain('usage:');
  }, 300_000);

  it('starts a cross-encoder at what its encoder knows, alone and in a batch, in PyTorch and in ONNX', () => {
    expect(run(join(root, 'test/full/training/at_the_line.py'))).toContain('fp32');
  }, 300_000);

  it('rounds to int8 what it says it rounds, and the graph computes with those whole numbers', () => {
    expect(run(join(root, 'test/full/training/rounds_as_said.py'))).toContain('from full precision');
  }, 300_000);

  it('lets the graphs of a folder share what they hold alike', () => {
    expect(run(join(root, 'test/full/training/shares_weights.py'), join(work, 'shared'))).toBe('lies once\n');
  }, 300_000);

  it('makes a public cross-encoder ready without changing what it says', () => {
    expect(run(join(root, 'test/full/training/prepares.py'))).toContain('largest difference of a logit');
  }, 300_000);

  it('reads passages out of repositories, and asks for them by their headings', () => {
    const said = run(join(root, 'test/full/training/reads_passages.py'), join(work, 'passages'));
    expect(said).toContain('2 passages, 4 headings');
  }, 300_000);

  it('scores other models by their own tokenizers', () => {
    const said = run(
      join(root, 'test/full/training/scores_other_models.py'),
      join(root, 'test/golden/architectures/fixtures'),
    );
    expect(said.trim().split('\n')).toHaveLength(4);
  }, 300_000);

  it('keeps vectors and scores by the texts they are of', () => {
    const said = run(join(root, 'test/full/training/keeps_by_text.py'), join(work, 'kept'));
    expect(said.trim().split('\n')).toHaveLength(3);
  }, 300_000);

  it('makes of few texts, and of uniform ones, as many queries and candidates as there are', () => {
    expect(run(join(root, 'test/full/training/ends_on_few_texts.py'))).toBe('ends\n');
  }, 300_000);

  it('ends when it is asked to, goes on, ends once, and shares its folder with nobody', () => {
    const said = run(join(root, 'test/full/training/stops_and_goes_on.py'), join(work, 'stops'));
    expect(said.trim().split('\n')).toHaveLength(6);
  }, 600_000);

  it('reads texts, clicks, judgments and a teacher’s scores as people have them, and says what it left out', () => {
    const said = run(join(root, 'test/full/training/reads_own_texts.py'), join(work, 'read'));
    expect(said.trim().split('\n')).toHaveLength(5);
  }, 300_000);

  it('refuses what it would write over, and calls a full disk by its name', () => {
    const said = run(join(root, 'test/full/training/spares_what_is_there.py'), join(work, 'spares'));
    expect(said.trim().split('\n')).toHaveLength(3);
  }, 300_000);

  it('fine-tunes a cross-encoder on texts of one’s own that the engine loads, anew where anything changed', async () => {
    const model = join(work, 'model');
    const said = run(join(root, 'test/full/training/fine_tunes_in_order.py'), ownTexts(), model);
    expect(said.trim().split('\n')).toHaveLength(6);
    expect(lastStep(model)).toBe(2);
    const tuned = await loadCrossEncoder(model, { workers: 1 });
    try {
      expect(await order(tuned)).toEqual(['a', 'b']);
    } finally {
      await tuned.dispose();
    }
  }, 1_800_000);

  it('fine-tunes an encoder in the same way, and hands four runs to the evaluation', async () => {
    const [corpus, model] = [ownTexts(), join(work, 'own-encoder')];
    const test = join(work, 'judged');
    mkdirSync(test, { recursive: true });
    for (const name of ['corpus.jsonl']) writeFileSync(join(test, name), readFileSync(join(corpus, name)));
    writeFileSync(join(test, 'queries.jsonl'), `${JSON.stringify({ _id: 'q', text: query })}\n`);
    writeFileSync(join(test, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\nq\td1\t1\n');
    writeFileSync(
      join(test, 'bm25.trec'),
      ['d1', 'd2', 'd3'].map((id, at) => `q Q0 ${id} ${at + 1} ${3 - at} bm25\n`).join(''),
    );
    const options = ['--student', 'encoder', '--make', '40', '--groups', '16', '--test', test];
    run('fine_tune.py', '--corpus', corpus, '--out', model, ...options);
    expect(lastStep(model)).toBe(2);
    for (const name of ['first', 'mini-en', 'before', 'after']) {
      expect(
        readFileSync(join(model, `${name}.trec`), 'utf8')
          .trim()
          .split('\n'),
        name,
      ).toHaveLength(3);
    }
    await comparesTexts(model);
  }, 600_000);

  it.skipIf(!existsSync(join(collections, 'training')))(
    'loses little of an encoder to int8 (needs ../shared/data/training)',
    () => {
      const state = join(training, 'state/encoder.fp16.safetensors');
      const said = run('export_encoder.py', '--weights', state, '--out', join(work, 'int8'), '--texts', '60');
      const mean = Number(/token cosine ([\d.]+)/.exec(said)?.[1]);
      expect(mean).toBeGreaterThan(0.9993); // .9991 without copies and scales by token
      expect(mean).toBeLessThan(1);
    },
    600_000,
  );

  it.skipIf(!existsSync(join(collections, 'training')))(
    'imitates a teacher, learns its order and is judged, as on a GPU (needs ../shared/data/training)',
    () => {
      const said = run(join(root, 'test/full/training/learns_from_a_teacher.py'), join(work, 'taught'), collections);
      expect(said).toContain('1 - cosine of a token');
    },
    900_000,
  );

  it.skipIf(!existsSync(join(collections, 'training')))(
    'teaches an encoder that the engine loads (needs ../shared/data/training)',
    async () => {
      const [cache, model] = [join(work, 'cache'), join(work, 'encoder')];
      run('clusters.py', '--limit', '5', '--cache', cache);
      run('clusters.py', '--teach', 'own', '--cache', cache);
      const taught = ['--cache', cache, '--run', join(work, 'encoder-run'), '--teacher', 'own=9', '--passes', '1'];
      run('train_encoder.py', ...taught, '--clusters', '2');
      const states = readdirSync(join(work, 'encoder-run')).filter((name) => name.endsWith('.safetensors'));
      expect(states).toEqual(['step-000002.safetensors']);
      run('export_encoder.py', '--weights', join(work, 'encoder-run', states[0]!), '--out', model, '--texts', '6');
      await comparesTexts(model);
    },
    900_000,
  );
});

// The Python side from end to end, on next to nothing: that every command still runs and that what it makes loads in the
// engine. What it learns from so little says nothing.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byScore, embedding, lateInteraction } from '@secondpass/core';
import { loadCrossEncoder, loadEncoder } from '@secondpass/core/models';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const training = join(root, 'packages/model-mini-en/training');
const collections = join(root, '../shared/data');
const work = join(root, 'test/output/training');
let python = '';

function run(...args: readonly string[]): string {
  return execFileSync(python, args, { cwd: training, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** `SECONDPASS_PYTHON`, if it has what training needs; else an environment of its own, made anew. */
beforeAll(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  python = process.env['SECONDPASS_PYTHON'] ?? '';
  try {
    run('-c', 'import torch, onnx, onnxruntime, tokenizers, safetensors, snowballstemmer, pyflakes');
  } catch {
    execFileSync('python3', ['-m', 'venv', join(work, 'venv')]);
    python = join(work, 'venv/bin/python');
    const wheels = ['--extra-index-url', 'https://download.pytorch.org/whl/cpu'];
    run(
      '-m',
      'pip',
      'install',
      '-q',
      ...(process.env['SECONDPASS_TORCH_CPU'] ? wheels : []),
      '-r',
      'requirements.txt',
      'pyflakes==3.4.0',
    );
  }
}, 1_200_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const query = 'How long do tests take?';
const candidates = [
  { id: 'a', content: 'The tests take two minutes.' },
  { id: 'b', content: 'Rivers carry water to the sea.' },
];

describe('training', () => {
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

  it('fine-tunes a cross-encoder on texts of one’s own that the engine loads', async () => {
    const corpus = join(work, 'corpus');
    mkdirSync(corpus);
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
    const paragraphs = pages.flatMap((name) => readFileSync(join(root, 'docs', name), 'utf8').split(/\n\n+/));
    const texts = paragraphs.filter((text) => /^[A-Z]/.test(text) && text.length > 80).slice(0, 60);
    const lines = texts.map((text, at) => JSON.stringify({ _id: `d${at}`, text }));
    writeFileSync(join(corpus, 'corpus.jsonl'), lines.join('\n'));
    const model = join(work, 'model');
    run('fine_tune.py', '--corpus', corpus, '--out', model, '--make', '40', '--groups', '16');
    const log = readFileSync(join(model, 'work/run/log.jsonl'), 'utf8').trim().split('\n');
    expect((JSON.parse(log.at(-1)!) as { step: number }).step).toBe(2);

    const tuned = await loadCrossEncoder(model, { workers: 1 });
    try {
      const { results } = await byScore(tuned).rerank(query, candidates);
      expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'b']);
    } finally {
      await tuned.dispose();
    }
  }, 600_000);

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
      writeFileSync(join(model, 'config.json'), readFileSync(join(training, '../model/config.json')));

      const encoder = await loadEncoder(model, { workers: 1 });
      try {
        for (const scorer of [embedding(encoder), lateInteraction(encoder)]) {
          const { results } = await byScore(scorer).rerank(query, candidates);
          expect(results.map(({ candidate }) => candidate.id)).toEqual(['a', 'b']);
        }
      } finally {
        await encoder.dispose();
      }
    },
    900_000,
  );
});

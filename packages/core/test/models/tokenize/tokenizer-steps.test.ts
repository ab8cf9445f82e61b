// Steps that the tokenizers of rerankers seldom have: ids and types are those of the reference, without exception.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pairTokenizer } from '../../../src/models/tokenize/tokenizer.ts';

interface Golden {
  readonly made: string;
  readonly texts: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly tokenizer: Record<string, unknown>;
    readonly ids: readonly (readonly number[])[];
    readonly pair?: { readonly texts: readonly [string, string]; readonly ids: number[]; readonly types: number[] };
  }[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/tokenizers.json', import.meta.url), 'utf8')) as Golden;

describe(`token ids, against ${golden.made}`, () => {
  it.each(golden.cases.map((entry) => [entry.name, entry] as const))('%s', (_, { tokenizer, ids, pair }) => {
    const ours = pairTokenizer({ tokenizer, config: {} }, 512);
    const found = golden.texts.map((text) => `${JSON.stringify(text)}: ${ours.encode(text, Infinity).ids.join(' ')}`);
    expect(found).toEqual(golden.texts.map((text, at) => `${JSON.stringify(text)}: ${ids[at]!.join(' ')}`));
    if (!pair) return;
    const both = ours.pair(ours.query(pair.texts[0]), ours.encode(pair.texts[1])).pair;
    expect([...both.ids]).toEqual(pair.ids);
    expect([...both.types]).toEqual(pair.types);
  });
});

describe('steps that cannot be computed as the reference does are refused', () => {
  const { tokenizer } = golden.cases.find(({ name }) => name === 'Unigram')!;
  const mark = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true };
  const withSteps = (...pretokenizers: unknown[]): unknown => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });

  it.each([
    [{ model: { ...(tokenizer['model'] as object), unk_id: null } }, 'no unknown piece'],
    [withSteps({ type: 'Split', pattern: { String: ' ' }, behavior: 'Halved', invert: false }), '"Halved"; known are'],
    [withSteps({ type: 'Split', pattern: {}, behavior: 'Removed', invert: false }), 'a pattern that is not known'],
    [withSteps({ type: 'WhitespaceSplit' }, mark), 'comes after another step'],
  ])('%j', (changes, part) => {
    const files = { tokenizer: { ...tokenizer, ...(changes as object) }, config: {} };
    expect(() => pairTokenizer(files, 512)).toThrow(part);
  });

  it('but for a mark of the first word in a first step', () => {
    const files = { tokenizer: { ...tokenizer, ...(withSteps(mark) as object) }, config: {} };
    const wanted = golden.cases.find(({ name }) => name === 'Metaspace, first')!.ids;
    expect(golden.texts.map((text) => [...pairTokenizer(files, 512).encode(text, Infinity).ids])).toEqual(wanted);
  });
});

it('puts 400,000 marks in order in a moment, whatever the normal form', () => {
  const { tokenizer } = golden.cases.find(({ name }) => name === 'Unigram')!;
  const text = '\u0301\u0316'.repeat(200_000);
  for (const type of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
    const steps = { type: 'Sequence', normalizers: [{ type }, { type: 'StripAccents' }] };
    const ours = pairTokenizer({ tokenizer: { ...tokenizer, normalizer: steps }, config: {} }, 512);
    const started = process.cpuUsage().user;
    ours.encode(text);
    expect((process.cpuUsage().user - started) / 1000, type).toBeLessThan(3000);
  }
}, 30_000);

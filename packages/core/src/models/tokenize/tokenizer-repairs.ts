// Where @huggingface/tokenizers 0.2.0 differs from the reference tokenizers, mended on its own objects. Each repair has
// its rows in the goldens (test/golden/architectures, make_tokenizers.py); docs/tokenizers.md lists them.
import type { Tokenizer } from '@huggingface/tokenizers';
import { type NormalForm, normalForm, normalForms } from '../../maths/normal-form.ts';
import { bertNormalizer, lowercase, type BertNormalizerConfig } from './bert-normalizer.ts';
import { preTokenizer } from './pre-tokenizers.ts';
import { precompiledCharsmap } from './precompiled-charsmap.ts';
import { unigram, type PieceNode, type UnigramConfig } from './unigram.ts';

type Config = Readonly<Record<string, unknown>> & { readonly type?: string };
type Step = Record<string, unknown>;

/** The reference's `\s` is Unicode's White_Space: JavaScript's lacks U+0085 and has U+FEFF. */
const space = String.raw`\p{White_Space}`;
const byteLevelWords = new RegExp(
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^${space}\p{L}\p{N}]+|${space}+(?!\P{White_Space})|${space}+`,
  'gu',
);
/** Every white space is one code unit long. */
const oneSpace = new RegExp(space, 'u');

/** Mends a tokenizer in place. `files` is tokenizer.json, whose steps are walked beside the objects made of them. */
export function repairTokenizer(tokenizer: Tokenizer, files: Config): void {
  repairNormalizer(tokenizer.normalizer, files['normalizer'] as Config | null);
  repairPreTokenizer(tokenizer.pre_tokenizer, files['pre_tokenizer'] as Config | null);
  repairModel(tokenizer.model, files['model'] as Config);
}

function repairModel(object: unknown, config: Config): void {
  const model = object as Step;
  if (config.type === 'Unigram' || Array.isArray(config['vocab'])) {
    const { root } = model['trie'] as { readonly root: PieceNode };
    model['encode'] = unigram(config as unknown as UnigramConfig, root);
    // Unknown pieces are joined already, within a word.
    model['fuse_unk'] = false;
  } else if (model['fuse_unk'] === true) {
    // Within a word alone; the library joins unknown pieces across words.
    const encode = (model['_call'] as (words: readonly string[]) => string[]).bind(object);
    model['_call'] = (words: readonly string[]): string[] => words.flatMap((word) => encode([word]));
  }
}

function repairNormalizer(object: unknown, config: Config | null | undefined): void {
  const step = object as Step | null;
  if (!step || !config) return;
  if (config.type === 'Sequence') {
    const steps = config['normalizers'] as Config[];
    for (const [index, inner] of (step['normalizers'] as unknown[]).entries()) repairNormalizer(inner, steps[index]);
  } else if (config.type === 'BertNormalizer') {
    step['normalize'] = bertNormalizer(config as BertNormalizerConfig);
  } else if (config.type === 'Precompiled' && typeof config['precompiled_charsmap'] === 'string') {
    step['normalize'] = precompiledCharsmap(config['precompiled_charsmap']);
  } else if (config.type === 'Lowercase') {
    step['normalize'] = lowercase;
  } else if (normalForms.some((form) => form === config.type)) {
    step['normalize'] = (text: string): string => normalForm(text, config.type as NormalForm);
  } else if (config.type === 'Strip') {
    const left = config['strip_left'] !== false;
    const right = config['strip_right'] !== false;
    step['normalize'] = (text: string): string => strip(text, left, right);
  }
}

/** Walks in from the ends: a pattern such as `\s+$` looks at each run within the text once per character of the run. */
function strip(text: string, left: boolean, right: boolean): string {
  let [start, end] = [0, text.length];
  if (left) while (start < end && oneSpace.test(text[start]!)) start++;
  if (right) while (end > start && oneSpace.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

function repairPreTokenizer(object: unknown, config: Config | null | undefined, isFirst = true): void {
  const step = object as Step | null;
  if (!step || !config) return;
  if (config.type === 'Sequence') {
    const steps = config['pretokenizers'] as Config[];
    for (const [index, inner] of (step['tokenizers'] as unknown[]).entries()) {
      repairPreTokenizer(inner, steps[index], isFirst && index === 0);
    }
    return;
  }
  if (config.type === 'ByteLevel') step['pattern'] = byteLevelWords;
  // The step is not told where in the text a word of an earlier step stood.
  if (config.type === 'Metaspace' && config['prepend_scheme'] === 'first' && !isFirst) {
    throw new Error('its Metaspace marks the first word alone ("first") and comes after another step');
  }
  const split = preTokenizer(config, step['pattern']);
  if (!split) return;
  step['pre_tokenize_text'] = (text: string, options?: { readonly section_index?: number }): string[] =>
    split(text, options?.section_index === 0);
}

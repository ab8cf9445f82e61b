import { normalForm } from '../../maths/normal-form.ts';

/** The `normalizer` entry of a tokenizer.json whose type is `BertNormalizer`. */
export interface BertNormalizerConfig {
  readonly clean_text?: boolean;
  readonly handle_chinese_chars?: boolean;
  readonly strip_accents?: boolean | null;
  readonly lowercase?: boolean;
}

const plain = /^[\x20-\x7e\t\n\r]*$/;
const dropped = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const space = /\p{White_Space}/gu;
const ideograph =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * BERT's text normaliser as the reference library computes it. The one in @huggingface/tokenizers 0.2.0 differs: it
 * misses ideographs outside the basic plane, lower-cases a final sigma by its context (the reference goes character by
 * character), strips accents after lower-casing instead of before, and keeps what surrounds some control characters.
 */
export function bertNormalizer(config: BertNormalizerConfig): (text: string) => string {
  const clean = config.clean_text ?? true;
  const ideographs = config.handle_chinese_chars ?? true;
  const lower = config.lowercase ?? true;
  const strip = config.strip_accents ?? lower;
  return (text) => {
    if (plain.test(text)) {
      const spaced = clean ? text.replace(/[\t\n\r]/g, ' ') : text;
      return lower ? spaced.toLowerCase() : spaced;
    }
    let out = text;
    if (clean) out = out.replace(dropped, '').replace(space, ' ');
    if (ideographs) out = out.replace(ideograph, ' $& ');
    if (strip) out = normalForm(out, 'NFD').replace(/\p{Mn}/gu, '');
    if (lower) out = lowercase(out);
    return out;
  };
}

/** Lower case, character by character as in the reference: JavaScript's lowers a final sigma by its context. */
export function lowercase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase();
}

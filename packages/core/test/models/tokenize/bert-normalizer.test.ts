import { describe, expect, it } from 'vitest';
import { bertNormalizer } from '../../../src/models/tokenize/bert-normalizer.ts';

describe('bertNormalizer', () => {
  it.each([
    ['ΟΔΥΣΣΕΥΣ ΣΑΣ', 'οδυσσευσ σασ', 'a final sigma is lowered without its context'],
    ['a𠀀𠀁b', 'a 𠀀  𠀁 b', 'ideographs outside the basic plane stand alone'],
    ['İI', 'ii', 'the dotted capital I'],
    ['é\u0301Ộ', 'eo', 'accents go'],
    ['a\u0000b\u007f\u200dc\ufffdd', 'abcd', 'control characters go, what surrounds them stays'],
    ['a\u00a0b\u3000c\td', 'a b c d', 'every white space is a space'],
    ['\u0378', '\u0378', 'an unassigned character stays'],
  ])('%j -> %j: %s', (text, expected) => {
    expect(
      bertNormalizer({ clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true })(text),
    ).toBe(expected);
  });

  it('keeps case, accents and ideographs where it is told so', () => {
    const cased = bertNormalizer({
      clean_text: true,
      handle_chinese_chars: false,
      strip_accents: null,
      lowercase: false,
    });
    expect(cased('Éa中\u0001')).toBe('Éa中');
    expect(bertNormalizer({ lowercase: true, strip_accents: false })('ÉΣ')).toBe('éσ');
    expect(bertNormalizer({ lowercase: false, strip_accents: true })('É')).toBe('E');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withField } from '../../src/rerank/object-text.ts';

const name = '_secondpass';
const key = fc.oneof(fc.constantFrom(name, 'a', '"', '\\', '{', ',', `x${name}`), fc.string());

describe('withField', () => {
  it('gives the object that a copy with the field would be, the field last and once', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.constantFrom(undefined, 1, ' '), (object, space) => {
        const text = withField(JSON.stringify(object, null, space), name, '{"rank":1}');
        const { [name]: _before, ...others } = object;
        const expected = Object.assign(Object.create(null) as object, others, { [name]: { rank: 1 } });
        const read = JSON.parse(text) as object;
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(Object.keys(read).at(-1)).toBe(Object.keys(expected).at(-1));
      }),
    );
  });

  it.each([
    ['{}', '{"_secondpass":1}'],
    ['{ "a" : 1.0 } ', '{ "a" : 1.0,"_secondpass":1}'],
    ['{"_secondpass":{"rank":3,"x":["}",{}]}}', '{"_secondpass":1}'],
    ['{"a":12345678901234567890,"_secondpass":{"rank":3}}', '{"a":12345678901234567890,"_secondpass":1}'],
    ['{ "_secondpass": null, "\\u0061": [1,2] }', '{ "\\u0061": [1,2],"_secondpass":1}'],
    ['{"a":1,"\\u005fsecondpass":2,"b":3,"_secondpass":4}', '{"a":1,"b":3,"_secondpass":1}'],
    ['{"a":{"_secondpass":2},"b":"_secondpass"}', '{"a":{"_secondpass":2},"b":"_secondpass","_secondpass":1}'],
  ])('keeps everything else character by character: %s', (object, expected) => {
    expect(withField(object, name, '1')).toBe(expected);
  });

  it('takes time that grows with the length', () => {
    const long = JSON.stringify({ _secondpass: 1, text: '\\"{,'.repeat(500_000) });
    const started = performance.now();
    expect(withField(long, name, '1')).toHaveLength(long.length);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('takes millions of escapes in one string', () => {
    const object = JSON.stringify({ text: '\\n'.repeat(8_000_000), [name]: 1, last: 2 });
    expect(withField(object, name, '1')).toHaveLength(object.length);
  });
});

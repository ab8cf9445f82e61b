import type { Candidate, Content } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lruMap } from '../../src/resilience/lru-map.ts';
import { candidateKey, queryKey } from '../../src/resilience/score-key.ts';

const key = (candidate: Candidate, more = '') => candidateKey('p', candidate, more);
const image = (data: Uint8Array | URL): Content => [{ type: 'image', mediaType: 'image/png', data }];

test('all that may enter a score enters the key, and nothing else', () => {
  const base: Candidate = { id: 'a', content: 'text' };
  const score = { value: 1, kind: 'retrieval', by: 'bm25' } as const;
  const vectors = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
  const different = [
    key(base),
    key({ ...base, content: 'texT' }),
    key({ ...base, content: [{ type: 'text', text: 'text' }] }),
    key({ ...base, content: [{ type: 'text', text: 'te' }, { type: 'text', text: 'xt' }] }), // prettier-ignore
    key({ ...base, content: image(Uint8Array.of(1)) }),
    key({ ...base, content: image(Uint8Array.of(2)) }),
    key({ ...base, content: image(new URL('https://example.org/1')) }),
    key({ ...base, content: image(new URL('https://example.org/2')) }),
    key({ ...base, content: [{ type: 'image', mediaType: 'image/jpeg', data: Uint8Array.of(1) }] }),
    key({ ...base, content: '\ud800' }),
    key({ ...base, content: '\ud801' }),
    key({ ...base, content: '\ufffd' }),
    key({ ...base, score }),
    key({ ...base, score: { ...score, value: 2 } }),
    key({ ...base, score: { ...score, by: 'knn' } }),
    key({ ...base, signals: { clicks: 0 } }),
    key({ ...base, signals: { clicks: 1 } }),
    key({ ...base, signals: { '0 clicks': 0 } }),
    key({ ...base, vectors }),
    key({ ...base, vectors: { ...vectors, data: Float32Array.of(1, 3) } }),
    key({ ...base, vectors: { ...vectors, rows: 2, cols: 1 } }),
    key(base, 'more'),
    candidateKey('other', base, ''),
  ];
  expect(new Set(different).size).toBe(different.length);
  expect(key({ ...base, id: 'b' })).toBe(key(base));
  expect(key({ ...base, signals: { a: 1, b: 2 } })).toBe(key({ ...base, signals: { b: 2, a: 1 } }));
  expect(queryKey('s@1', 'q')).not.toBe(queryKey('s@2', 'q'));
});

test('a text that spells the tag before another is told from two', () => {
  const parts = (...texts: string[]): Content => texts.map((text) => ({ type: 'text', text }));
  const tag = String.fromCharCode(...new Uint16Array(new TextEncoder().encode('text:\0').buffer));
  const late = String.fromCharCode(...new Uint16Array(new TextEncoder().encode('\0text:').buffer));
  expect(key({ id: 'a', content: parts(`a${tag}`, 'b') })).not.toBe(key({ id: 'a', content: parts('a', `${late}b`) }));
});

test('lruMap drops what was longest not used', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...'abcde')), { minLength: 20, maxLength: 40 }),
      (size, steps) => {
        const map = lruMap<string>(size);
        let recent: string[] = []; // The obvious way: a list, most recent last.
        for (const [write, key] of steps) {
          const read = write ? map.set(key, key) : map.get(key);
          expect(read).toBe(!write && recent.includes(key) ? key : undefined);
          if (write || recent.includes(key)) recent = [...recent.filter((other) => other !== key), key].slice(-size);
          expect(map.size).toBe(recent.length);
        }
      },
    ),
  ));

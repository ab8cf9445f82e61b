import { describe, expect, it, vi } from 'vitest';
import { vectorStore, type Listener, type TextVectors } from '../../src/models/vector-store.ts';

/** About 400 + 4 * numbers bytes. */
function vectors(numbers = 100, tokens = 0): TextVectors {
  const own = { vector: new Float32Array(numbers), ids: new Int32Array(0), truncated: false };
  return tokens === 0 ? own : { ...own, tokens: { data: new Int8Array(tokens), rows: 1, cols: tokens } };
}

function keep(store: ReturnType<typeof vectorStore>, key: string, what = vectors()): void {
  store.claim(key, false);
  store.settle(key, what);
}

describe('what is kept', () => {
  it('is the most recently used that fits', () => {
    const store = vectorStore(2000);
    for (const key of ['a', 'b']) keep(store, key);
    expect(store.get('a', false)).toBeDefined();
    keep(store, 'c');
    expect(['a', 'b', 'c'].map((key) => store.get(key, false) !== undefined)).toEqual([true, false, true]);
  });

  it('counts the bytes of what is replaced, and of what is too large, once and not at all', () => {
    const store = vectorStore(2000);
    for (let round = 0; round < 20; round++) keep(store, 'a');
    keep(store, 'large', vectors(1000));
    keep(store, 'b');
    expect([store.get('a', false), store.get('b', false)]).not.toContain(undefined);
    expect(store.get('large', false)).toBeUndefined();
    store.clear();
    expect(store.get('a', false)).toBeUndefined();
    for (const key of ['c', 'd']) keep(store, key);
    expect([store.get('c', false), store.get('d', false)]).not.toContain(undefined);
  });

  it('answers a wish for tokens only with tokens', () => {
    const store = vectorStore(1e6);
    keep(store, 'a');
    expect(store.get('a', true)).toBeUndefined();
    keep(store, 'a', vectors(10, 10));
    expect(store.get('a', true)?.tokens?.cols).toBe(10);
  });

  it('is nothing with a bound of 0', () => {
    const store = vectorStore(0);
    keep(store, 'a');
    expect(store.get('a', false)).toBeUndefined();
  });
});

describe('who waits for a text', () => {
  it('hears of it, and adds its wish for tokens', () => {
    const store = vectorStore(1e6);
    const hear = vi.fn<Listener>();
    expect(store.join('a', false, hear)).toBe(false);
    store.claim('a', false);
    expect(store.join('a', false, hear)).toBe(true);
    expect(store.wantsTokens('a')).toBe(false);
    store.join('a', true, hear);
    expect(store.wantsTokens('a')).toBe(true);
    const made = vectors(10, 10);
    store.settle('a', made);
    expect(hear.mock.calls).toEqual([
      ['a', made],
      ['a', made],
    ]);
    expect(store.join('a', false, hear)).toBe(false);
  });

  it('is told when nothing comes of it', () => {
    const store = vectorStore(1e6);
    store.claim('a', true);
    const hear = vi.fn<Listener>();
    store.join('a', true, hear);
    store.release('a');
    expect(hear.mock.calls).toEqual([['a', undefined]]);
    expect(store.wantsTokens('a')).toBe(false);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { vectorStore, type TextVectors } from '../../src/models/vector-store.ts';

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
  it('hears of it, and adds its wish for tokens', async () => {
    const store = vectorStore(1e6);
    const hear = vi.fn<(vectors: TextVectors) => void>();
    expect(store.join('a', false, hear)).toBeUndefined();
    store.claim('a', false);
    const joined = store.join('a', false, hear);
    expect(store.wantsTokens('a')).toBe(false);
    store.join('a', true, hear);
    expect(store.wantsTokens('a')).toBe(true);
    const made = vectors(10, 10);
    store.settle('a', made);
    expect(await joined).toBe(true);
    expect(hear.mock.calls).toEqual([[made], [made]]);
    expect(store.join('a', false, hear)).toBeUndefined();
  });

  it('is told when nothing comes of it', async () => {
    const store = vectorStore(1e6);
    store.claim('a', true);
    const joined = store.join('a', true, () => expect.unreachable());
    store.release('a');
    expect(await joined).toBe(false);
  });

  it('fails alone when what it does with it fails', async () => {
    const store = vectorStore(1e6);
    store.claim('a', true);
    const failing = store.join('a', true, () => {
      throw new Error('mine');
    });
    const other = store.join('a', true, () => {});
    store.settle('a', vectors());
    await expect(failing).rejects.toThrow('mine');
    expect(await other).toBe(true);
  });
});

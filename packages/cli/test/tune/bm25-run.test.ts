import { describe, expect, it } from 'vitest';
import { bm25Run } from '../../src/tune/bm25-run.ts';

describe('the first stage that tune makes', () => {
  it('finds words as search does, also in scripts that set no spaces', () => {
    const texts = { paris: '巴黎是法国的首都。', bread: '面包是用面粉做的。' };
    const documents = new Map(Object.entries(texts).map(([id, text]) => [id, { id, title: '', text }]));
    const { lists } = bm25Run(documents, new Map([['q', '法国的首都在哪里？']]), 10);
    expect(lists.get('q')![0]?.id).toBe('paris');
  });
});

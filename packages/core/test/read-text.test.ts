import { byScore, lexical, readText, refusingUnread } from '@secondpass/core';
import { describe, expect, it } from 'vitest';

describe('readText', () => {
  it('takes text and parts as they are, and nothing as no text', () => {
    const parts = [{ type: 'text', text: 'a' }];
    for (const [given, content] of [
      ['a', 'a'],
      [parts, parts],
      [undefined, ''],
      [null, ''],
    ] as const) {
      expect(readText(() => given, 'document 1')).toEqual({ content });
    }
  });

  it('names what could not be read, and why', () => {
    const cause = new TypeError('no sections');
    const thrown = readText(() => {
      throw cause;
    }, 'document 2 (id "b")');
    expect(thrown).toMatchObject({ content: '', unread: { code: 'failed', cause } });
    expect(thrown.unread!.message).toContain('document 2 (id "b"): no sections');
    expect(readText(() => 5, 'node 3').unread).toMatchObject({
      code: 'invalid-argument',
      message: 'text() gave a number for node 3; it must give text.',
    });
  });

  it('makes a rerank of it fail, and no other', async () => {
    const { unread } = readText(() => 5, 'node 3');
    const refusing = refusingUnread(byScore(lexical()), ({ id }) => (id === 'b' ? unread : undefined));
    const [a, b] = ['a', 'b'].map((id) => ({ id, content: id }));
    expect((await refusing.rerank('a', [a!])).results).toHaveLength(1);
    await expect(refusing.rerank('a', [a!, b!])).rejects.toBe(unread);
  });
});

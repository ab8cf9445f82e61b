import type { Document, DocumentInterface } from '@langchain/core/documents';
import type { Note } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FusionRetriever, type DocumentKey } from '../src/index.ts';
import { about } from './fixed-scores.ts';
import { document, gives, texts } from './small-retrievers.ts';

describe('FusionRetriever', () => {
  it.each([
    ['id', { key: 'id' as const }, 'id', 2],
    ['metadata field', { key: { field: 'url' } }, 'metadata.url', 1],
    ['content', { key: 'content' as const }, 'content', 2],
    ['function', { key: ({ metadata }: DocumentInterface) => String(metadata['url']) }, 'function', 1],
  ])('tells documents apart by %s', async (_, options, key, expected) => {
    const one = gives(document('text one', { url: 'same' }, 'x'));
    const two = gives(document('text two', { url: 'same' }, 'y'));
    const found = await new FusionRetriever({ retrievers: [one, two], ...options }).invoke('q');
    expect(found).toHaveLength(expected);
    expect(about(found[0]).key).toBe(key);
  });

  it('takes contents for the key where a document has no id, white space aside', async () => {
    const found = await new FusionRetriever({
      retrievers: [gives(document('same  text', {}, 'x')), gives(document('same text'))],
    }).invoke('q');
    expect(found).toHaveLength(1);
    expect(about(found[0])).toMatchObject({ key: 'content', sources: [{ rank: 1 }, { rank: 1 }] });
  });

  it('knows a document that lacks the field by its content', async () => {
    const key = { field: 'url' };
    const retrievers = [
      gives(document('a', { url: '1' }), document('b')),
      gives(document('b'), document('c', { url: null })),
    ];
    expect(texts(await new FusionRetriever({ retrievers, key }).invoke('q'))).toEqual(['b', 'a', 'c']);
  });

  it('names the document on which a key function throws', async () => {
    const key = ({ metadata }: DocumentInterface): string => (metadata['url'] as string).trim();
    const retrievers = [gives(document('a', { url: '1' }), document('b', {}, 'x'))];
    await expect(new FusionRetriever({ retrievers, key }).invoke('q')).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/key\(\) failed for the document with id "x": .*trim/),
      cause: expect.any(TypeError),
    });
  });

  it('takes documents that come without content', async () => {
    const bare = [{ metadata: {}, id: 'k' }, { metadata: {} }] as unknown as Document[];
    const found = await new FusionRetriever({ retrievers: [gives(document('x'), ...bare)] }).invoke('q');
    expect(found.map((one) => about(one).key)).toEqual(['content', 'id', undefined]);
  });

  describe('takes no document for another', () => {
    const told: Note[] = [];
    const fuse = async (key: DocumentKey | undefined, ...lists: Document[][]): Promise<DocumentInterface[]> => {
      told.length = 0;
      const retrievers = lists.map((list) => gives(...list));
      return new FusionRetriever({ retrievers, key, onNote: (note) => told.push(note) }).invoke('q');
    };
    const keysOf = (found: readonly DocumentInterface[]): unknown[] => found.map((one) => about(one).key);
    const missing = (count: number, name: string): unknown =>
      expect.objectContaining({ code: 'no-key', message: expect.stringMatching(new RegExp(`^${count} .*${name}`)) });

    it('because a field holds an object', async () => {
      const given = ['a', 'b', 'c'].map((text, line) => document(text, { source: { file: 'x.md', line } }));
      const found = await fuse({ field: 'source' }, given);
      expect(texts(found)).toEqual(['a', 'b', 'c']);
      expect(keysOf(found)).toEqual(['content', 'content', 'content']);
      expect(told).toEqual([missing(3, 'metadata.source')]);
    });

    it('because a field holds what is no number', async () => {
      const found = await fuse(
        { field: 'n' },
        ['a', 'b'].map((text) => document(text, { n: Number.NaN })),
      );
      expect(texts(found)).toEqual(['a', 'b']);
      expect(told).toEqual([missing(2, 'metadata.n')]);
    });

    it('because both have neither text nor id', async () => {
      const pictures = [1, 2, 3].map((n) => document(' ', { image: `s3://${n}.png` }));
      for (const key of [undefined, 'content', 'id', { field: 'url' }, () => undefined] as const) {
        const found = await fuse(key, pictures, pictures);
        expect(found.map(({ metadata }) => metadata['image'])).toEqual(
          [1, 2, 3, 1, 2, 3].map((n) => `s3://${n}.png`).sort(),
        );
        expect(keysOf(found)).toEqual(Array.from({ length: 6 }));
        expect(told).toContainEqual(missing(6, 'key'));
      }
    });

    it('because both have an empty field, and drops what was said of keys before', async () => {
      const given = [1, 2].map((n) => document('', { image: n, url: '', secondpass: { key: 'id' } }));
      const found = await fuse({ field: 'url' }, given);
      expect(keysOf(found)).toEqual([undefined, undefined]);
    });

    it('because both have no text, where they have ids', async () => {
      const found = await fuse(
        undefined,
        [document('', {}, 'p'), document('', {}, 'q')],
        [document('', {}, 'p'), document('web')],
      );
      expect(found.map(({ id }) => id)).toEqual(['p', 'q', undefined]);
      expect(keysOf(found)).toEqual(['id', 'id', 'content']);
    });

    it('silently where the field is misspelt: the contents stand in, and that is said', async () => {
      const found = await fuse(
        { field: 'urll' },
        [document('a', { url: 'u' })],
        [document('a', { url: 'u' }), document('b', { url: 'v' })],
      );
      expect(texts(found)).toEqual(['a', 'b']);
      expect(keysOf(found)).toEqual(['content', 'content']);
      expect(told).toEqual([missing(3, 'metadata.urll')]);
    });

    it('and says nothing where every document has the key', async () => {
      await fuse({ field: 'n' }, [document('a', { n: 0 })], [document('b', { n: 0 }), document('c', { n: '1' })]);
      expect(told).toEqual([]);
      await fuse(undefined, [document('a')], [document('a', {}, 'x')]);
      expect(told).toEqual([]);
    });

    it('unless they share the key, or, where both lack it, their text: on any documents', async () => {
      const values = fc.constantFrom<unknown>(undefined, null, '', 'u', '1', 1, 0, true, {}, { u: 1 }, ['u']);
      const one = fc.record({ value: values, text: fc.constantFrom('', ' ', 'a', 'a ', 'u', '1') });
      const known = ({ value, text }: { value: unknown; text: string }, at: number): string => {
        if ((typeof value === 'string' && value !== '') || typeof value === 'number') return `field ${value}`;
        return text.trim() === '' ? `place ${at}` : `text ${text.trim()}`;
      };
      await fc.assert(
        fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (given) => {
          const found = await fuse(
            { field: 'value' },
            given.map(({ value, text }, at) => document(text, { value, at })),
          );
          const first = given.map(known).flatMap((key, at, all) => (all.indexOf(key) === at ? [at] : []));
          expect(found.map(({ metadata }) => metadata['at'])).toEqual(first);
        }),
      );
    });
  });

  it('compares texts of 400,000 marks in a moment', async () => {
    const marks = gives(document('a' + '\u0301\u0316'.repeat(200_000)));
    const started = process.cpuUsage().user;
    expect(await new FusionRetriever({ retrievers: [marks, marks], key: 'content' }).invoke('q')).toHaveLength(1);
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(4000);
  }, 20_000);
});

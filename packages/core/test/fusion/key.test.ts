import { describe, expect, it } from 'vitest';
import { interleave, reciprocalRank, type Candidate, type FusionKey, type Score } from '@secondpass/core';
import { pool } from './pools.ts';

interface Page {
  readonly id: string;
  readonly content: string | readonly [{ type: 'image'; mediaType: string; data: Uint8Array }];
  readonly metadata?: { readonly url?: string | number; readonly from?: string };
}
const page = (id: string, content: Page['content'], url?: string | number): Page => ({
  id,
  content,
  metadata: { from: id, ...(url !== undefined && { url }) },
});
const fuse = (one: readonly Page[], two: readonly Page[], key: FusionKey<Page>) =>
  reciprocalRank().fuse(
    [
      { name: 'one', candidates: one },
      { name: 'two', candidates: two },
    ],
    { key },
  );

const image = (id: string) => page(id, [{ type: 'image', mediaType: 'image/png', data: new Uint8Array(2) }]);
const notesOf = (questions: readonly (string | undefined)[], lists: readonly (readonly string[])[]) =>
  interleave().fuse(
    lists.map((items, at) => pool(`p${at}`, items, questions[at] === undefined ? {} : { question: questions[at] })),
  ).notes;

describe('key', () => {
  it('merges by a field, keeps the first-seen metadata, and ranks over what is left', () => {
    const { candidates, notes } = fuse(
      [page('1a', 'part a', '/x'), page('1b', 'part b', '/x'), page('1c', 'part c', '/y')],
      [page('2a', 'other', '/y')],
      { field: 'metadata.url' },
    );
    expect(candidates.map(({ id, sources }) => [id, sources])).toEqual([
      [
        '1c',
        [
          { pool: 'one', rank: 2 },
          { pool: 'two', rank: 1 },
        ],
      ],
      ['1a', [{ pool: 'one', rank: 1 }]],
    ]);
    expect(candidates[0]!.origin.metadata).toEqual({ from: '1c', url: '/y' });
    expect(notes).toMatchObject([{ code: 'duplicate-id', ids: ['1b'] }]);
  });

  it('brings along the signals and vectors of the first one seen', () => {
    const vectors = { data: Float32Array.of(1), rows: 1, cols: 1 };
    const first = { id: 'a', content: 'a', signals: { clicks: 3 }, vectors };
    const pools = [
      { name: 'one', candidates: [first] },
      { name: 'two', candidates: [{ id: 'a', content: 'a', signals: { clicks: 9 } }] },
    ];
    for (const fusion of [reciprocalRank(), interleave()]) {
      expect(fusion.fuse(pools).candidates[0]).toMatchObject({ signals: first.signals, vectors, origin: first });
    }
  });

  it('merges equal text, whatever its white space and Unicode form', () => {
    const { candidates } = fuse([page('1', 'caf\u00e9  au\nlait ')], [page('2', ' cafe\u0301 au lait')], 'content');
    expect(candidates).toHaveLength(1);
    expect(candidates[0]!.sources).toHaveLength(2);
  });

  it('merges by a function', () => {
    expect(fuse([page('a#1', 'x')], [page('a#2', 'y')], ({ id }) => id.split('#')[0]).candidates).toHaveLength(1);
    expect(() => fuse([page('a', 'x')], [], (() => 7) as never)).toThrow(/key function gave a number/);
    expect(() => fuse([page('a', 'x')], [], 'url' as never)).toThrow(/key is "url"/);
    expect(() => fuse([page('a', 'x')], [], { field: '' })).toThrow(/metadata.url/);
  });

  it('keys by id, with a note, what has no such field, and never confuses the two', () => {
    const { candidates, notes } = fuse(
      [page('1', 'a', 'two'), page('two', 'b')],
      [page('two', 'c'), page('9', 'd', 9)],
      {
        field: 'metadata.url',
      },
    );
    expect(candidates.map(({ id }) => id)).toEqual(['two', '1', '9']);
    expect(notes.filter(({ code }) => code === 'no-key')).toMatchObject([{ ids: ['two'] }]);
  });

  it('takes an empty key for none: it makes nothing equal', () => {
    const lists = [[page('1', '', ''), page('2', ' ', '')], [page('3', ' \n', '')]] as const;
    const noNumber = [[page('1', 'a', Number.NaN)], [page('2', 'b', Number.NaN)]] as const;
    expect(fuse(...noNumber, { field: 'metadata.url' }).candidates).toHaveLength(2);
    for (const key of ['content', { field: 'metadata.url' }, () => ''] as FusionKey<Page>[]) {
      const { candidates, notes } = fuse(...lists, key);
      expect(candidates.map(({ id }) => id).toSorted()).toEqual(['1', '2', '3']);
      expect(notes).toContainEqual(expect.objectContaining({ code: 'no-key', ids: ['1', '2', '3'] }));
    }
  });

  it('does not read what a candidate inherits', () => {
    const heir = (id: string): Page => Object.assign(Object.create({ metadata: { url: 'same' } }), { id, content: id });
    expect(fuse([heir('1')], [heir('2')], { field: 'metadata.url' }).candidates).toHaveLength(2);
  });

  it('has no text key for a text with an image beside it', () => {
    const beside = (id: string): Candidate => ({
      id,
      content: [
        { type: 'text', text: 'as shown' },
        { type: 'image', mediaType: 'image/png', data: new Uint8Array(2) },
      ],
    });
    const pools = ['1', '2'].map((id) => ({ name: id, candidates: [beside(id)] }));
    expect(reciprocalRank().fuse(pools, { key: 'content' }).candidates).toHaveLength(2);
  });

  it('has no text key for an image', () => {
    const { candidates, notes } = fuse([image('1')], [image('2')], 'content');
    expect(candidates).toHaveLength(2);
    expect(notes.map(({ code }) => code)).toContain('no-key');
  });
});

describe('types', () => {
  it('pools of two kinds of hits, and fields that are there and undefined', () => {
    interface ByWords extends Candidate {
      readonly bm25: number;
    }
    interface ByVector extends Candidate {
      readonly distance: number;
    }
    const score: Score | undefined = undefined;
    const words: ByWords[] = [{ id: 'a', content: 'a', bm25: 3, score }];
    const vectors: ByVector[] = [{ id: 'b', content: 'b', distance: 0.2, signals: undefined, vectors: undefined }];
    const { candidates } = reciprocalRank().fuse<ByWords | ByVector>([
      { name: 'words', candidates: words, question: undefined, weight: undefined },
      { name: 'vectors', candidates: vectors },
    ]);
    expect(candidates.map(({ origin }) => ('bm25' in origin ? origin.bm25 : origin.distance))).toEqual([3, 0.2]);
  });
});

describe('no-overlap', () => {
  it('is noted when all pools of one question are strangers', () => {
    expect(notesOf([undefined, undefined], [['a', 'b'], ['c']])).toMatchObject([{ code: 'no-overlap' }]);
    expect(notesOf(['q', 'q', 'r'], [['a'], ['b'], ['a']])).toMatchObject([{ code: 'no-overlap' }]);
  });

  it('is not noted for one shared key, for different questions, or for empty pools', () => {
    expect(notesOf([undefined, undefined, undefined], [['a'], ['b'], ['b', 'c']])).toEqual([]);
    expect(notesOf(['q', 'r'], [['a'], ['b']])).toEqual([]);
    expect(notesOf([undefined, undefined], [['a'], []])).toEqual([]);
  });

  it('says so when the texts are the same under other ids', () => {
    const { notes } = fuse([page('1', 'the text')], [page('uuid-2', 'the text')], 'id');
    expect(notes[0]!.message).toMatch(/key: 'content'/);
  });
});

import type { BaseNode, NodeWithScore } from 'llamaindex';
import { interleave, rerankByParts, type Note, type PartsReranker } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import type { SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { dyingReranker, overlapReranker, wordOverlap } from '../../../test/small-rerankers.ts';
import { BrokenRetriever, idsOf, nodes, question, WordRetriever } from './stand-ins.ts';

const about = (found: NodeWithScore | undefined): SecondpassMetadata =>
  (found!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;

describe('RerankingRetriever', () => {
  it('reranks what a retriever finds', async () => {
    const retriever = new RerankingRetriever({ retriever: new WordRetriever(), reranker: overlapReranker, topN: 1 });
    expect(idsOf(await retriever.retrieve('Charles Babbage born'))).toEqual(['n1']);
    await expect(
      new RerankingRetriever({ retriever: new BrokenRetriever(), reranker: overlapReranker }).retrieve('x'),
    ).rejects.toThrow('index is gone');
  });
});

describe('DecompositionRetriever', () => {
  it('says which retriever brought a node for which question', async () => {
    const words = new WordRetriever();
    const found = await new DecompositionRetriever({ retrievers: { words }, reranker: overlapReranker }).retrieve(
      question,
    );
    expect(words.asked[0]).toBe(question);
    expect(words.asked.length).toBeGreaterThan(1);
    expect(idsOf(found).slice(0, 2).sort()).toEqual(['n0', 'n1']);
    const { sources = [] } = about(found[0]);
    expect(sources.every(({ retriever, question }) => retriever === 'words' && words.asked.includes(question!))).toBe(
      true,
    );
    expect(nodes.every(({ metadata }) => Object.keys(metadata).length === 0)).toBe(true);
  });

  it('reranks by parts, and keeps the fused order, with a note, where what is made for them fails', async () => {
    const decompose = async () => ({ value: [{ text: 'do cats sleep all day' }, { text: 'Ada Lovelace' }] });
    const notes: Note[] = [];
    const options = {
      retrievers: { words: new WordRetriever() },
      decomposer: { name: 'given', decompose },
      onNote: (note: Note) => void notes.push(note),
    };
    const ask = async (reranker?: PartsReranker) =>
      idsOf(await new DecompositionRetriever({ ...options, reranker }).retrieve('Charles Babbage born in London'));
    expect((await ask(overlapReranker))[0]).toBe('n1');
    expect((await ask(rerankByParts(wordOverlap))).slice(0, 2)).toEqual(['n0', 'n2']);
    expect(notes).toEqual([]);
    expect(await ask(() => dyingReranker)).toEqual(await ask());
    expect(notes).toMatchObject([{ code: 'fell-back', by: 'dying' }]);
  });

  it('takes no node of one list for one of another', async () => {
    const only = (index: number): WordRetriever =>
      Object.assign(new WordRetriever(), { _retrieve: async () => [{ node: nodes[index]!, score: 1 }] });
    const told: Note[] = [];
    const options = {
      retrievers: { one: only(0), two: only(1) },
      reranker: overlapReranker,
      onNote: (note: Note) => void told.push(note),
    };
    const found = await new DecompositionRetriever(options).retrieve('London');
    expect(idsOf(found).sort()).toEqual(['n0', 'n1']);
    expect(told.map(({ code }) => code)).not.toContain('duplicate-id');
  });

  it('names the node on which a key function throws', async () => {
    const key = ({ metadata }: BaseNode): string => (metadata['url'] as string).trim();
    const retriever = new DecompositionRetriever({ retrievers: { words: new WordRetriever() }, key });
    await expect(retriever.retrieve('London')).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/key\(\) failed for the node with id_ "n0": .*trim/),
      cause: expect.any(TypeError),
    });
  });

  it.each([null, undefined, ''])(
    'tells a node for which a key function gives %o by its id, with a note',
    async (none) => {
      const notes: Note[] = [];
      const retriever = new DecompositionRetriever({
        retrievers: { words: new WordRetriever() },
        key: () => none as undefined,
        onNote: (note) => void notes.push(note),
      });
      expect(idsOf(await retriever.retrieve('London')).sort()).toEqual(['n0', 'n1']);
      expect(notes.map(({ code }) => code)).toEqual(['no-key']);
    },
  );

  it('names the node for which a key function gives what is no key', async () => {
    const options = { retrievers: { words: new WordRetriever() }, key: () => 7 as never };
    await expect(new DecompositionRetriever(options).retrieve('London')).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/gave a number for the node with id_ "n0"/),
    });
  });

  it('goes on without a dead retriever or reranker, with a note', async () => {
    const retrievers = { words: new WordRetriever(), broken: new BrokenRetriever() };
    const found = await new DecompositionRetriever({ retrievers, reranker: dyingReranker }).retrieve(question);
    expect(found.length).toBeGreaterThan(1);
    expect(
      about(found[0])
        .notes?.map(({ code }) => code)
        .sort(),
    ).toEqual(['fell-back', 'retriever-failed']);
    await expect(
      new DecompositionRetriever({ retrievers: { broken: new BrokenRetriever() } }).retrieve('x'),
    ).rejects.toThrow(/index is gone/);
  });

  it('goes on without a dead retriever that has a quota', async () => {
    const retrievers = { broken: new BrokenRetriever(), words: new WordRetriever() };
    const fusion = interleave({ quotas: { broken: 1, words: 1 } });
    const found = await new DecompositionRetriever({ retrievers, fusion }).retrieve('London');
    expect(idsOf(found)).toEqual(['n0', 'n1']);
    expect(about(found[0]).notes?.map(({ code }) => code)).toEqual(['retriever-failed']);
    const misspelt = { retrievers, fusion: interleave({ quotas: { word: 1 } }) };
    await expect(new DecompositionRetriever(misspelt).retrieve('London')).rejects.toThrow(/quota for "word"/);
  });

  it('refuses what it does not know', () => {
    for (const options of [{ retrievers: {} }, {} as never])
      expect(() => new DecompositionRetriever(options)).toThrow(/no retriever/);
    expect(() => new DecompositionRetriever({ retrievers: { a: {} as never } })).toThrow(
      /retrievers.a is no retriever/,
    );
    expect(() => new DecompositionRetriever({ retriever: 1 } as never)).toThrow(/did you mean "retrievers"/);
    const fusion = 'rrf' as never;
    const retrievers = { words: new WordRetriever() };
    expect(() => new DecompositionRetriever({ retrievers, fusion })).toThrow(/takes a fusion/);
    expect(() => new RerankingRetriever(undefined as never)).toThrow(/needs a reranker/);
    for (const retriever of [undefined, { asRetriever() {} }] as never[]) {
      const make = () => new RerankingRetriever({ retriever, reranker: overlapReranker });
      expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
      expect(make).toThrow(/needs a retriever/);
    }
  });
});

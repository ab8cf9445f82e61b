import { Document, MetadataMode, SimilarityPostprocessor, TextNode, type NodeWithScore } from 'llamaindex';
import { byScore, type Note } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { dyingReranker, hangingReranker, overlapReranker } from '../../../test/small-rerankers.ts';

const node = (text: string, metadata: Record<string, unknown> = {}, id?: string): TextNode =>
  new TextNode({ text, metadata, ...(id !== undefined && { id_: id }) });
const nodes: NodeWithScore[] = [
  { node: node('Cats sleep all day', { title: 'Cats' }), score: 0.9 },
  { node: node('Dune was written by Frank Herbert', { title: 'Dune' }), score: 0.8 },
  { node: node('Frank likes cats', { title: 'Pets' }) },
];
const query = 'Who was Frank Herbert, writer of Dune';
const scoring = (kind: 'logit' | 'probability', ...scores: (number | undefined)[]) =>
  byScore({ name: 'fixed', kind, pointwise: true, score: async () => ({ value: { scores } }) });
const textsOf = (found: readonly NodeWithScore[]): string[] =>
  found.map(({ node }) => node.getContent(MetadataMode.NONE));
const about = (found: NodeWithScore | undefined): SecondpassMetadata =>
  (found!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;

describe('SecondpassPostprocessor', () => {
  it('puts the best first, keeps every node itself, and pairs it with a new score', async () => {
    const before = nodes.map(({ score }) => score);
    const given: readonly NodeWithScore[] = Object.freeze([...nodes]);
    const found = await new SecondpassPostprocessor({ reranker: overlapReranker }).postprocessNodes(given, query);
    expect(found.map(({ node }) => node)).toEqual([nodes[1]!.node, nodes[2]!.node, nodes[0]!.node]);
    expect(found[0]!.node).toBe(nodes[1]!.node);
    expect(found[0]).not.toBe(nodes[1]);
    expect(found[0]!.score).toBe(4 / 7);
    expect(nodes.map(({ score }) => score)).toEqual(before);
  });

  it('reads metadata too unless told otherwise', async () => {
    const options = { reranker: overlapReranker, topN: 1 };
    const all = await new SecondpassPostprocessor(options).postprocessNodes(nodes, 'pets');
    expect(textsOf(all)).toEqual(['Frank likes cats']);
    const textOnly = new SecondpassPostprocessor({ ...options, metadataMode: MetadataMode.NONE });
    expect(textsOf(await textOnly.postprocessNodes(nodes, 'pets'))).toEqual(['Cats sleep all day']);
    const titles = new SecondpassPostprocessor({ ...options, text: ({ metadata }) => String(metadata['title']) });
    expect(textsOf(await titles.postprocessNodes(nodes, 'dune'))).toEqual(['Dune was written by Frank Herbert']);
  });

  it('gives scores that SimilarityPostprocessor understands: probabilities, never 0', async () => {
    const found = await new SecondpassPostprocessor({ reranker: scoring('logit', -800, -1, 2) }).postprocessNodes(
      nodes,
      query,
    );
    expect(found.map(({ score }) => score)).toEqual([1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(1)), Number.MIN_VALUE]);
    expect(await new SimilarityPostprocessor({ similarityCutoff: 0 }).postprocessNodes(found)).toHaveLength(3);
    expect(await new SimilarityPostprocessor({ similarityCutoff: 0.5 }).postprocessNodes(found)).toHaveLength(1);
    const zero = await new SecondpassPostprocessor({ reranker: scoring('probability', 0, 0.5, 0) }).postprocessNodes(
      nodes,
      query,
    );
    expect(await new SimilarityPostprocessor({ similarityCutoff: 0 }).postprocessNodes(zero)).toHaveLength(3);
  });

  it('leaves a node without a score without one: missing is not 0', async () => {
    const found = await new SecondpassPostprocessor({
      reranker: scoring('logit', undefined, 1, undefined),
    }).postprocessNodes(nodes, query);
    expect(found.map((one) => 'score' in one)).toEqual([true, false, false]);
  });

  it('takes queries of several parts, refuses none at all, and makes nothing of nothing', async () => {
    const postprocessor = new SecondpassPostprocessor({ reranker: overlapReranker });
    const parts = [
      { type: 'text' as const, text: 'Frank' },
      { type: 'image_url' as const, image_url: { url: 'x' } },
      { type: 'text' as const, text: 'Herbert' },
    ];
    expect(textsOf(await postprocessor.postprocessNodes(nodes, parts))[0]).toBe('Dune was written by Frank Herbert');
    await expect(postprocessor.postprocessNodes(nodes)).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(await postprocessor.postprocessNodes([], query)).toEqual([]);
  });

  it('says more in the metadata of a copy, out of sight of language models', async () => {
    const postprocessor = new SecondpassPostprocessor({ reranker: scoring('logit', 0, 2, 1), details: true });
    const found = await postprocessor.postprocessNodes(nodes, query);
    expect(about(found[0])).toEqual({
      by: 'fixed',
      kind: 'probability',
      logit: 2,
      firstScore: 0.8,
      before: 2,
      after: 1,
    });
    expect(found[0]!.node).toBeInstanceOf(TextNode);
    const [{ id_: id }, { id_: original }] = [found[0]!.node, nodes[1]!.node];
    expect(id).toBe(original);
    expect(found[0]!.node.getContent(MetadataMode.LLM)).not.toContain('secondpass');
    expect(nodes[1]!.node.metadata).toEqual({ title: 'Dune' });
  });

  it.each([
    ['dies', dyingReranker],
    ['hangs', hangingReranker],
  ])('returns the nodes as they came, with a note, when the reranker %s', async (_, reranker) => {
    const told: Note[] = [];
    const found = await new SecondpassPostprocessor({
      reranker,
      timeoutMs: 20,
      onNote: (note) => told.push(note),
    }).postprocessNodes(nodes, query);
    expect(textsOf(found)).toEqual(textsOf(nodes));
    expect(found.map(({ score }) => score)).toEqual([0.9, 0.8, undefined]);
    expect(about(found[0]).notes?.map(({ code }) => code)).toEqual(['fell-back']);
    expect(told.map(({ code }) => code)).toEqual(['fell-back']);
    const throwing = new SecondpassPostprocessor({ reranker, timeoutMs: 20, onError: 'throw' });
    await expect(throwing.postprocessNodes(nodes, query)).rejects.toThrow();
  });

  it.each(['throws', 'rejects'])('is not steered by an observer that %s', async (way) => {
    const told: Note[] = [];
    const onNote = (note: Note): Promise<void> => {
      told.push(note);
      if (way === 'rejects') return Promise.reject(new Error('metrics are down'));
      throw new Error('metrics are down');
    };
    const options = { reranker: dyingReranker, onNote };
    const found = await new SecondpassPostprocessor(options).postprocessNodes(nodes, query);
    await new Promise((resolve) => setImmediate(resolve)); // An unhandled rejection would fail the run.
    expect(textsOf(found)).toEqual(textsOf(nodes));
    expect(told).toHaveLength(1);
  });

  it('ends with its signal', async () => {
    const postprocessor = new SecondpassPostprocessor({ reranker: hangingReranker, signal: AbortSignal.timeout(20) });
    await expect(postprocessor.postprocessNodes(nodes, query)).rejects.toThrow(/abort|timeout/i);
  });

  it('keeps true duplicates, every id, and mutates nothing; topN is a prefix', async () => {
    const one = fc.record({ text: fc.constantFrom('cats', 'dune', 'frank cats'), id: fc.constantFrom('x', 'y', 'z') });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 10 }), fc.nat(10), async (given, topN) => {
        const list = given.map(({ text, id }) => Object.freeze({ node: node(text, {}, id), score: 1 }));
        const notes: Note[] = [];
        const postprocessor = new SecondpassPostprocessor({
          reranker: overlapReranker,
          onNote: (note) => notes.push(note),
        });
        const found = await postprocessor.postprocessNodes(list, 'frank cats');
        expect(new Set(found.map(({ node }) => node))).toEqual(new Set(list.map(({ node }) => node)));
        expect(found).toHaveLength(list.length);
        expect(notes.some(({ code }) => code === 'duplicate-id')).toBe(
          new Set(given.map(({ id }) => id)).size < given.length,
        );
        const best = await new SecondpassPostprocessor({ reranker: overlapReranker, topN }).postprocessNodes(
          list,
          'frank cats',
        );
        expect(best).toEqual(found.slice(0, topN));
      }),
    );
  });

  it('ranks 10,000 nodes', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ node: new Document({ text: `document ${index}` }) }));
    const found = await new SecondpassPostprocessor({ reranker: overlapReranker }).postprocessNodes(
      many,
      'document 7777',
    );
    expect(found).toHaveLength(10_000);
    expect(found[0]!.node).toBe(many[7777]!.node);
  });

  it('refuses options it does not have', () => {
    expect(() => new SecondpassPostprocessor({ reranker: overlapReranker, topK: 1 } as never)).toThrow(
      /no option "topK"/,
    );
    expect(() => new SecondpassPostprocessor({ reranker: overlapReranker, metadataMode: 'SOME' as never })).toThrow(
      /metadataMode is "SOME"/,
    );
    for (const none of [{}, undefined] as never[])
      expect(() => new SecondpassPostprocessor(none)).toThrow(/needs a reranker/);
    const text = ['title'] as never;
    expect(() => new SecondpassPostprocessor({ reranker: overlapReranker, text })).toThrow(/text must be a function/);
    for (const minScore of [0.5, null, { kind: 'probability' }, { value: 0.5 }, { kind: 'percent', value: 1 }]) {
      const options = { reranker: overlapReranker, minScore } as never;
      expect(() => new SecondpassPostprocessor(options)).toThrow(/minScore/);
    }
  });
});

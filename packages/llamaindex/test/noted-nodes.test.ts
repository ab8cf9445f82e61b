import { ImageNode, IndexNode, Document, MetadataMode, TextNode, type BaseNode, type NodeWithScore } from 'llamaindex';
import { byScore, type Reranker, type Scorer } from '@secondpass/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { dyingReranker, overlapReranker, wordOverlap } from '../../../test/small-rerankers.ts';
import { WordRetriever } from './stand-ins.ts';

class Recipe extends TextNode {
  readonly cook = 'Ada';
  override get type(): never {
    return 'RECIPE' as never;
  }
  summary(): string {
    return `${this.text} by ${this.cook}`;
  }
}

const about = (node: BaseNode): SecondpassMetadata => (node.metadata as { secondpass: SecondpassMetadata }).secondpass;
const finding = (...nodes: BaseNode[]): WordRetriever =>
  Object.assign(new WordRetriever(), { _retrieve: async () => nodes.map((node) => ({ node, score: 0.5 })) });
const ways = {
  details: (node: BaseNode) =>
    new SecondpassPostprocessor({ reranker: overlapReranker, details: true }).postprocessNodes([{ node }], 'cat'),
  'a fallback': (node: BaseNode) =>
    new SecondpassPostprocessor({ reranker: dyingReranker }).postprocessNodes([{ node }], 'cat'),
  sources: (node: BaseNode) =>
    new DecompositionRetriever({ retrievers: { one: finding(node) }, reranker: overlapReranker }).retrieve('cat'),
};
const noted = async (node: BaseNode, way: keyof typeof ways = 'a fallback'): Promise<BaseNode> =>
  (await ways[way](node))[0]!.node;

describe.each(Object.keys(ways) as (keyof typeof ways)[])('a node with a note, from %s,', (way) => {
  it.each([new URL('https://example.org/cat.png'), new Blob(['x']), 'data:image/png;base64,'])(
    'has its image (%s)',
    async (image) => {
      const node = new ImageNode({ text: 'a cat', image });
      const copy = (await noted(node, way)) as ImageNode;
      expect(copy).not.toBe(node);
      expect(copy.image).toBe(image);
    },
  );

  it('is of its own class, with what metadata it had', async () => {
    const pick = (): number => 1;
    const node = new Recipe({ text: 'cat food', metadata: { pick, at: new Date(0) } });
    const copy = (await noted(node, way)) as Recipe;
    expect(copy).toBeInstanceOf(Recipe);
    expect(copy.summary()).toBe('cat food by Ada');
    expect(copy.metadata).toEqual({ pick, at: new Date(0), secondpass: expect.anything() });
    expect(node.metadata).toEqual({ pick, at: new Date(0) });
  });
});

describe('a node with a note', () => {
  it('has the hash of the node it came from, until its text is another', async () => {
    const node = new TextNode({ text: 'cat', metadata: { title: 'T' } });
    const copy = await noted(await noted(node), 'details');
    expect(copy.hash).toBe(node.hash);
    expect(copy.toJSON()).toMatchObject({ hash: node.hash, type: 'TEXT', text: 'cat' });
    expect(copy.clone().toJSON()).toMatchObject({ text: 'cat', metadata: copy.metadata });
    copy.setContent('dog');
    expect(copy.hash).toBe(copy.generateHash());
    expect(node.getContent(MetadataMode.NONE)).toBe('cat');
  });

  it('differs from the node it came from by the note alone', async () => {
    const classes = [TextNode, Document, IndexNode, Recipe];
    const init = fc.record({
      text: fc.string(),
      metadata: fc.dictionary(fc.string(), fc.anything()),
      embedding: fc.array(fc.double()),
      startCharIdx: fc.nat(),
      excludedLlmMetadataKeys: fc.array(fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...classes), init, async (Class, given) => {
        const node = Object.freeze(new Class(given as never));
        const options = { reranker: dyingReranker, text: () => 'cat' };
        const [found] = await new SecondpassPostprocessor(options).postprocessNodes([{ node }], 'cat');
        const { metadata, excludedLlmMetadataKeys, excludedEmbedMetadataKeys, ...rest } = found!.node;
        const { secondpass, ...others } = metadata as Record<string, unknown>;
        expect(secondpass).toMatchObject({ notes: [{ code: 'fell-back' }] });
        expect(others).toEqual(node.metadata);
        expect({ ...node, ...rest }).toEqual({ ...node });
        expect(new Set(excludedLlmMetadataKeys)).toEqual(new Set([...node.excludedLlmMetadataKeys, 'secondpass']));
        expect(excludedEmbedMetadataKeys).toEqual(['secondpass']);
        expect(Object.getPrototypeOf(found!.node)).toBe(Class.prototype);
      }),
    );
  });

  it.each(Object.values(MetadataMode))('reads to the next reranker as it did before (%s)', async (metadataMode) => {
    const node = new TextNode({ text: 'the cat', metadata: { title: 'T' }, excludedEmbedMetadataKeys: ['title'] });
    const read: unknown[] = [];
    const reading: Scorer = {
      ...wordOverlap,
      score: (query, candidates) => (
        read.push(...candidates.map(({ content }) => content)),
        wordOverlap.score(query, candidates)
      ),
    };
    const first = new DecompositionRetriever({ retrievers: { one: finding(node) }, reranker: overlapReranker });
    const second = new RerankingRetriever({ retriever: first, reranker: byScore(reading), metadataMode });
    await second.retrieve('Where is the cat?');
    expect(read).toEqual([node.getContent(metadataMode)]);
  });
});

describe('what this package says of a node', () => {
  it.each(Object.values(MetadataMode))('is in its metadata, and in no text of it (%s)', async (mode) => {
    const node = new TextNode({ text: 'the cat', metadata: { title: 'T' } });
    const postprocess = (given: BaseNode) =>
      new SecondpassPostprocessor({ reranker: dyingReranker, details: true }).postprocessNodes(
        [{ node: given }],
        'cat',
      );
    const [once] = await postprocess(node);
    const [twice] = await postprocess(once!.node);
    for (const noted of [once!.node as TextNode, twice!.node as TextNode]) {
      expect(about(noted).notes?.length).toBeGreaterThan(0);
      expect(noted.getMetadataStr(mode)).toBe(node.getMetadataStr(mode));
      expect(noted.getContent(mode)).toBe(node.getContent(mode));
      expect(noted.generateHash()).toBe(node.generateHash());
      expect(noted.toJSON()['metadata']).toEqual(noted.metadata);
    }
    const noted = once!.node as TextNode;
    noted.metadata = { ...noted.metadata, title: 'U' };
    expect(noted.getMetadataStr(MetadataMode.ALL)).toBe('title: U');
  });
});

describe('what two rerankers in a row say', () => {
  const scoring = (kind: Scorer['kind'], ...scores: (number | undefined)[]): Reranker =>
    byScore({
      name: kind,
      kind,
      pointwise: true,
      score: async () => ({ value: { scores, details: scores.map(() => ({ passage: { start: 0, end: 2 } })) } }),
    });
  const nodes = ['cat', 'dog'].map((text) => ({ node: new TextNode({ text }), score: 0.5 }));
  const first = new SecondpassPostprocessor({ reranker: scoring('logit', 3, 2), details: true });
  const then = async (reranker: Reranker, details: boolean): Promise<NodeWithScore[]> =>
    new SecondpassPostprocessor({ reranker, details }).postprocessNodes(await first.postprocessNodes(nodes, 'x'), 'x');

  it('is what the last one said of its own score', async () => {
    const last = byScore({ ...wordOverlap, kind: 'similarity', name: 'last', score: scores(0.2, 0.4) });
    const found = await then(last, true);
    expect(about(found[0]!.node)).toEqual({
      by: 'last',
      kind: 'similarity',
      firstScore: 1 / (1 + Math.exp(-2)),
      before: 2,
      after: 1,
    });
    const without = await then(last, false);
    expect(without.map(({ score }) => score)).toEqual([0.4, 0.2]);
    expect(without.map(({ node }) => node.metadata)).toEqual([{}, {}]);
  });

  it('is nothing of a score that is gone', async () => {
    const found = await then(scoring('similarity', undefined, 1), false);
    expect(found.map((one) => 'score' in one)).toEqual([true, false]);
    expect(found.map(({ node }) => node.metadata)).toEqual([{}, {}]);
  });

  it('is what the first one said of a score that stays', async () => {
    const found = await then(dyingReranker, false);
    expect(about(found[0]!.node)).toEqual({
      by: 'logit',
      kind: 'probability',
      logit: 3,
      passage: { start: 0, end: 2 },
      firstScore: 0.5,
      before: 1,
      after: 1,
      notes: [expect.objectContaining({ code: 'fell-back' })],
    });
  });

  it('keeps where a node came from', async () => {
    const retriever = new DecompositionRetriever({ retrievers: { one: finding(nodes[0]!.node) }, details: true });
    const found = await new RerankingRetriever({ retriever, reranker: overlapReranker }).retrieve('cat');
    expect(about(found[0]!.node)).toEqual({ sources: [expect.objectContaining({ retriever: 'one' })] });
  });

  function scores(...values: number[]): Scorer['score'] {
    return async () => ({ value: { scores: values } });
  }
});

it.each(['worker-lost', 'malformed-answer'])(
  'says without details that there is less than was asked for (%s)',
  async (code) => {
    const nodes = ['cat', 'dog'].map((text) => ({ node: new TextNode({ text }) }));
    const losing = byScore({
      ...wordOverlap,
      score: async (_, candidates) => ({
        value: { scores: [undefined, 0.5] },
        notes: [{ code, by: 'losing', message: 'Nothing came back.', ids: [candidates[0]!.id] }],
      }),
    });
    const found = await new SecondpassPostprocessor({ reranker: losing }).postprocessNodes(nodes, 'x');
    expect(found.map(({ node }) => node.metadata)).toEqual([
      {},
      { secondpass: { notes: [{ code, by: 'losing', message: 'Nothing came back.' }] } },
    ]);
  },
);

it.each([5, 'text', null, [1], { notes: 5 }, { notes: {} }])(
  "says what there is to say, whatever somebody else has put under this package's key: %j",
  async (secondpass) => {
    const node = new TextNode({ text: 'a cat', metadata: { page: 1, secondpass } as never });
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
      const copy = await noted(node, way);
      expect(about(copy)).toEqual(expect.objectContaining({}));
      expect(copy.metadata).toMatchObject({ page: 1 });
    }
    expect(about(await noted(node)).notes).toMatchObject([{ code: 'fell-back' }]);
  },
);

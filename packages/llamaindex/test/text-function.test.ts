import { BaseRetriever } from '@llamaindex/core/retriever';
import { type Content, type Note } from '@secondpass/core';
import { TextNode, type BaseNode, type NodeWithScore } from 'llamaindex';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { overlapReranker, reading } from '../../../test/small-rerankers.ts';
import { idsOf } from './stand-ins.ts';

const nodes: NodeWithScore[] = [
  { node: new TextNode({ text: 'one', id_: 'a', metadata: { parts: ['cats'] } }), score: 0.3 },
  { node: new TextNode({ text: 'two', id_: 'b' }), score: 0.2 },
  { node: new TextNode({ text: 'three', id_: 'c', metadata: { parts: ['dune'], summary: 'dune' } }), score: 0.1 },
];
class Everything extends BaseRetriever {
  // The framework's constructor is protected: without one here, `new` is refused.
  // oxlint-disable-next-line no-useless-constructor
  constructor() {
    super();
  }
  override async _retrieve(): Promise<NodeWithScore[]> {
    return nodes;
  }
}
const summary = ({ metadata }: BaseNode): string => metadata['summary'] as string;
const joined = ({ metadata }: BaseNode): string => (metadata['parts'] as string[]).join(' ');
const about = (found: NodeWithScore | undefined): SecondpassMetadata =>
  (found!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;

/** Everything that reranks, with this text function. */
function rerankers(text: (node: BaseNode) => Content, more: object = {}) {
  const notes: Note[] = [];
  const options = { reranker: overlapReranker, text, onNote: (note: Note) => void notes.push(note), ...more };
  const decomposer = { name: 'none', decompose: async () => ({ value: [] }) };
  const postprocessor = new SecondpassPostprocessor(options);
  const reranking = new RerankingRetriever({ ...options, retriever: new Everything() });
  const decomposing = new DecompositionRetriever({ ...options, retrievers: { all: new Everything() }, decomposer });
  return {
    notes,
    ask: [
      () => postprocessor.postprocessNodes(nodes, 'dune'),
      () => reranking.retrieve('dune'),
      () => decomposing.retrieve('dune'),
    ],
  };
}

describe('a text function', () => {
  it('that gives nothing for a node leaves that one without text', async () => {
    for (const ask of rerankers(summary).ask) expect(idsOf(await ask())).toEqual(['c', 'a', 'b']);
  });

  it('that throws leaves the nodes as they came, with a note that names the one', async () => {
    const { ask, notes } = rerankers(joined);
    for (const answer of ask) {
      const found = await answer();
      expect(idsOf(found)).toEqual(['a', 'b', 'c']);
      expect(about(found[0]).notes).toMatchObject([{ code: 'fell-back', by: 'word-overlap' }]);
      expect(found[0]!.score).toBe(0.3);
    }
    expect(notes).toHaveLength(3);
    for (const { message } of notes)
      expect(message).toMatch(/failed for node 2 \(id_ "b"\): .*join.* '' where there is no text\./);
  });

  it('that throws is an error, with its cause, where that is asked for', async () => {
    for (const ask of rerankers(joined, { onError: 'throw' }).ask)
      await expect(ask()).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringMatching(/node 2 \(id_ "b"\)/),
        cause: expect.any(TypeError),
      });
  });

  it('may give parts, which the reranker gets as they are', async () => {
    const { read, reranker } = reading();
    const content: Content = [{ type: 'text', text: 'dune' }];
    for (const ask of rerankers(() => content, { reranker }).ask) await ask();
    expect(read).toEqual(Array.from({ length: 9 }, () => content));
  });

  it('that gives what is no text is wrong in itself', async () => {
    for (const ask of rerankers(() => 2024 as never).ask)
      await expect(ask()).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringMatching(/gave a number for node 1 \(id_ "a"\)/),
      });
  });
});

import type { MessageContent } from '@llamaindex/core/llms';
import { BaseRetriever } from '@llamaindex/core/retriever';
import type { Note } from '@secondpass/core';
import { ContextChatEngine, type NodeWithScore } from 'llamaindex';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { RerankingRetriever } from '../src/retrievers/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';
import { EchoLLM, idsOf, nodes, texts } from './stand-ins.ts';

const found = nodes.map((node, index) => ({ node, score: 0.9 - index / 10 }));
/** Finds by pictures too. */
class Everything extends BaseRetriever {
  // The framework's constructor is protected: without one here, `new` is refused.
  // oxlint-disable-next-line no-useless-constructor
  constructor() {
    super();
  }
  override async _retrieve(): Promise<NodeWithScore[]> {
    return found;
  }
}
const picture: MessageContent = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }];

describe('a query without text', () => {
  it('leaves the nodes as they came, with a note', async () => {
    const notes: Note[] = [];
    const options = { reranker: overlapReranker, topN: 2, onNote: (note: Note) => void notes.push(note) };
    const postprocessor = new SecondpassPostprocessor(options);
    const answers = [
      await postprocessor.postprocessNodes(found, picture),
      await postprocessor.postprocessNodes(found, [{ type: 'text', text: ' ' }]),
      await postprocessor.postprocessNodes(found, ''),
      await new RerankingRetriever({ ...options, retriever: new Everything() }).retrieve({ query: picture }),
    ];
    for (const answer of answers) {
      expect(idsOf(answer)).toEqual(['n0', 'n1']);
      expect(answer.map(({ score }) => score)).toEqual([0.9, 0.8]);
      const { notes: said } = (answer[0]!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;
      expect(said).toMatchObject([{ code: 'fell-back', message: expect.stringMatching(/no text/) }]);
    }
    expect(notes).toHaveLength(4);
    expect(notes[0]!.message).toMatch(/no text, only image_url;/);
  });

  it('is an error where that is asked for', async () => {
    const postprocessor = new SecondpassPostprocessor({ reranker: overlapReranker, onError: 'throw' });
    await expect(postprocessor.postprocessNodes(found, picture)).rejects.toMatchObject({ code: 'failed' });
  });

  it('is answered by a chat engine', async () => {
    const chatModel = new EchoLLM();
    const nodePostprocessors = [new SecondpassPostprocessor({ reranker: overlapReranker, topN: 1 })];
    const engine = new ContextChatEngine({ retriever: new Everything(), chatModel, nodePostprocessors });
    const { sourceNodes } = await engine.chat({ message: picture });
    expect(idsOf(sourceNodes!)).toEqual(['n0']);
    expect(texts[0]).toBe(sourceNodes![0]!.node.getContent('NONE' as never));
  });
});

import type { MessageContent } from '@llamaindex/core/llms';
import type { QueryBundle } from '@llamaindex/core/query-engine';
import { BaseRetriever } from '@llamaindex/core/retriever';
import type { Note } from '@secondpass/core';
import { ContextChatEngine, type NodeWithScore } from 'llamaindex';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever, RerankingRetriever } from '../src/retrievers/index.ts';
import { overlapReranker } from '../../../test/small-rerankers.ts';
import { EchoLLM, idsOf, nodes, texts } from './stand-ins.ts';

const found = nodes.map((node, index) => ({ node, score: 0.9 - index / 10 }));
/** Finds by pictures too. */
class Everything extends BaseRetriever {
  asked: QueryBundle[];
  // The framework's constructor is protected: without one here, `new` is refused.
  constructor() {
    super();
    this.asked = [];
  }
  override async _retrieve(bundle: QueryBundle): Promise<NodeWithScore[]> {
    this.asked.push(bundle);
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
      await postprocessor.postprocessNodes(found, '\u200B'),
      await new RerankingRetriever({ ...options, retriever: new Everything() }).retrieve({ query: picture }),
    ];
    for (const answer of answers) {
      expect(idsOf(answer)).toEqual(['n0', 'n1']);
      expect(answer.map(({ score }) => score)).toEqual([0.9, 0.8]);
      const { notes: said } = (answer[0]!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;
      expect(said).toMatchObject([{ code: 'fell-back', message: expect.stringMatching(/no text/) }]);
    }
    expect(notes).toHaveLength(5);
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

describe('DecompositionRetriever, of a question without text,', () => {
  const blank: MessageContent = [{ type: 'text', text: '\u200B' }];

  it.each([picture, blank, ' '])('asks it as it came, and keeps the order with a note', async (query) => {
    const everything = new Everything();
    const notes: Note[] = [];
    const options = { retrievers: { everything }, reranker: overlapReranker, topN: 2 };
    const retriever = new DecompositionRetriever({ ...options, onNote: (note) => void notes.push(note) });
    const answer = await retriever.retrieve({ query });
    expect(everything.asked).toEqual([{ query }]);
    expect(idsOf(answer)).toEqual(['n0', 'n1']);
    expect(answer.map(({ score }) => score)).toEqual([0.9, 0.8]);
    const { notes: said, sources } = (answer[0]!.node.metadata as { secondpass: SecondpassMetadata }).secondpass;
    expect(said?.map(({ code, by }) => [code, by])).toEqual([
      ['fell-back', 'rules(en)'],
      ['fell-back', 'word-overlap'],
    ]);
    expect(sources).toEqual([{ retriever: 'everything', rank: 1, score: 0.9 }]);
    for (const { message } of notes) expect(message).toMatch(/The query has no text/);
  });

  it('needs no reranker for that, and fails where an error is asked for', async () => {
    const options = { retrievers: { everything: new Everything() } };
    expect(await new DecompositionRetriever(options).retrieve({ query: picture })).toHaveLength(3);
    const strict = new DecompositionRetriever({ ...options, reranker: overlapReranker, onError: 'throw' });
    await expect(strict.retrieve({ query: picture })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/no text, only image_url/),
    });
  });
});

import type { Note } from '@secondpass/core';
import type { NodeWithScore } from 'llamaindex';
import { describe, expect, it } from 'vitest';
import { SecondpassPostprocessor, type NodeRerankOptions, type SecondpassMetadata } from '../src/index.ts';
import { DecompositionRetriever } from '../src/retrievers/index.ts';
import { cosines, dead, half } from '../../../test/failing-cascades.ts';
import { idsOf, nodes, WordRetriever } from './stand-ins.ts';

const given = nodes.map((node, index) => ({ node, score: 0.9 - index / 10 }));
const minScore = { kind: 'probability', value: 0.5 } as const;
const found: WordRetriever = Object.assign(new WordRetriever(), { _retrieve: async () => given });
const decomposer = { name: 'none', decompose: async () => ({ value: [] }) };
/** Both ways to rerank. */
const ways: [string, (options: NodeRerankOptions) => Promise<NodeWithScore[]>][] = [
  ['a postprocessor', (options) => new SecondpassPostprocessor(options).postprocessNodes(given, 'q')],
  [
    'a decomposition',
    (options) => new DecompositionRetriever({ ...options, retrievers: { found }, decomposer }).retrieve('q'),
  ],
];
const scoresOf = (answer: readonly NodeWithScore[]): unknown[] => answer.map(({ score }) => score);

describe.each(ways)('%s, of a cascade with a partly failing last stage,', (_, ask) => {
  it('gives no score to what has but one of the first stage', async () => {
    const answer = await ask({ reranker: half(0.8), details: true });
    expect(scoresOf(answer)).toEqual([0.8, undefined, undefined]);
    const said = answer.map(({ node }) => (node.metadata as { secondpass: SecondpassMetadata }).secondpass);
    expect(said.map(({ kind }) => kind)).toEqual(['probability', undefined, undefined]);
  });

  it('loses nothing to a minScore that could not be scored, and says so', async () => {
    const notes: Note[] = [];
    const answer = await ask({ reranker: half(0.8), minScore, onNote: (note) => void notes.push(note) });
    expect(idsOf(answer)).toEqual(['n0', 'n1', 'n2']);
    expect(notes.map(({ code, ids }) => [code, ids])).toEqual([
      ['timed-out', ['1', '2']],
      ['unscored', ['1', '2']],
    ]);
    const low = await ask({ reranker: half(0.1), minScore, topN: 1 });
    expect(idsOf(low)).toEqual(['n1']);
    expect(scoresOf(low)).toEqual([undefined]);
  });
});

describe.each(ways)('%s, of a cascade with a failed last stage,', (_, ask) => {
  it('loses nothing to a minScore, and says so', async () => {
    const notes: Note[] = [];
    const answer = await ask({ reranker: dead, minScore, onNote: (note) => void notes.push(note) });
    expect(idsOf(answer)).toEqual(['n0', 'n1', 'n2']);
    expect(notes.map(({ code }) => code)).toEqual(['fell-back', 'unscored']);
  });

  it('fails where the scores are of another kind for no such reason', async () => {
    await expect(ask({ reranker: cosines(3, 2, 1), minScore })).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

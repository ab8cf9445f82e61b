import { decomposeByRules, type Decomposer, type Note } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { questionGenerator } from '../src/index.ts';
import { dyingReranker, overlapReranker } from '../../../test/small-rerankers.ts';

const given = (...parts: string[]): Decomposer => ({
  name: 'given',
  decompose: async () => ({ value: parts.map((text) => ({ text })) }),
});

describe('questionGenerator', () => {
  const tools = [
    { name: 'people', description: 'lives of people, where they were born' },
    { name: 'pets', description: 'cats and dogs' },
  ];

  it('asks every tool, or the one whose description fits', async () => {
    const decomposer = given('where were people born', 'what do cats eat', 'What do cats eat');
    const all = await questionGenerator({ decomposer }).generate(tools, 'q');
    expect(all.map(({ toolName }) => toolName)).toEqual(['people', 'pets', 'people', 'pets']);
    const chosen = await questionGenerator({ decomposer, reranker: overlapReranker }).generate(tools, { query: 'q' });
    expect(chosen.map(({ toolName }) => toolName)).toEqual(['people', 'pets']);
  });

  it('asks the question itself where there are no parts or decomposition fails, with a note', async () => {
    const told: Note[] = [];
    const dying: Decomposer = { name: 'dying', decompose: () => Promise.reject(new Error('no quota')) };
    expect(await questionGenerator({ decomposer: given() }).generate([tools[0]!], 'q')).toEqual([
      { subQuestion: 'q', toolName: 'people' },
    ]);
    const made = await questionGenerator({ decomposer: dying, onNote: (note) => told.push(note) }).generate(
      [tools[0]!],
      'q',
    );
    expect(made).toEqual([{ subQuestion: 'q', toolName: 'people' }]);
    expect(told.map(({ code }) => code)).toEqual(['fell-back']);
    expect(
      await questionGenerator({ decomposer: given('a'), reranker: dyingReranker }).generate(tools, 'q'),
    ).toHaveLength(2);
    await expect(questionGenerator().generate([], 'q')).rejects.toThrow(/no tool/);
  });

  it('refuses pieces in the place of others', () => {
    expect(() => questionGenerator({ decomposer: decomposeByRules as never })).toThrow('got a function: call it');
    expect(() => questionGenerator({ reranker: {} as never })).toThrow('questionGenerator() takes a reranker');
  });

  it('is not steered by an observer that rejects', async () => {
    const onNote = (): Promise<void> => Promise.reject(new Error('metrics are down'));
    const made = await questionGenerator({ decomposer: given('a'), reranker: dyingReranker, onNote }).generate(
      tools,
      'q',
    );
    await new Promise((resolve) => setImmediate(resolve)); // An unhandled rejection would fail the run.
    expect(made).toHaveLength(2);
  });
});

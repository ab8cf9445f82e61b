import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decomposeByRules } from '@secondpass/core';

const data = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const rules = decomposeByRules();
const isSplit = async (text: string): Promise<boolean> => (await rules.decompose(text)).value.length > 0;
const queries = (set: string): { _id: string; text: string }[] =>
  readFileSync(`${data}${set}/queries.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { _id: string; text: string });

/** The three queries of dl19 that do compare two things. */
const comparisons = new Set(['1110199', '146187', '148538']);

describe.skipIf(!existsSync(data))('decomposition of real questions (needs ../shared)', () => {
  it('splits none of 300 single-hop queries', async () => {
    const single = [...queries('scifact').slice(0, 260), ...queries('dl19').filter(({ _id }) => !comparisons.has(_id))];
    expect(single).toHaveLength(300);
    const split = [];
    for (const { _id, text } of single) if (await isSplit(text)) split.push(_id);
    expect(split).toEqual([]);
  });

  it('splits the true comparisons of dl19', async () => {
    const those = queries('dl19').filter(({ _id }) => comparisons.has(_id));
    const answers = await Promise.all(those.map(({ text }) => isSplit(text)));
    expect(answers).toEqual([true, true, true]);
  });

  it('splits most of the multi-hop questions with gold decompositions, seldom into too many', async () => {
    const gold = Object.values(
      JSON.parse(readFileSync(`${data}hotpotqa-dev/break_decompositions.json`, 'utf8')) as Record<
        string,
        { question: string; decomposition: string[] }
      >,
    );
    let split = 0;
    let overSplit = 0;
    for (const { question, decomposition } of gold) {
      const { value } = await rules.decompose(question);
      if (value.length > 0) split++;
      if (value.length > decomposition.length) overSplit++;
    }
    expect(split / gold.length).toBeGreaterThan(0.45);
    expect(overSplit / gold.length).toBeLessThan(0.02);
  });
});

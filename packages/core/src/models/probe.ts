import { SecondpassError } from '../errors.ts';
import { packBatch } from './batch.ts';
import type { Pool } from './fair-pool.ts';
import type { PairTokenizer } from './tokenizer.ts';

/**
 * Runs two short pairs through a model that has just been opened, and returns its number of labels. So a graph that is
 * no classifier, or cannot take several pairs, is refused when it is loaded and not at the first call.
 * @param expected labels by the configuration, if it says
 */
export async function probeLabels(
  pool: Pool,
  tokenizer: PairTokenizer,
  expected: number | undefined,
  graph: string,
): Promise<number> {
  const query = tokenizer.encode('first');
  const pairs = ['second', 'the second text'].map((text) => tokenizer.pair(query, tokenizer.encode(text)).pair);
  const line = pool.line(1);
  try {
    const { cols: labels, data } = await line.add(packBatch(pairs));
    if (expected !== undefined && expected !== labels) {
      throw new SecondpassError(
        'invalid-model',
        `${graph} gives ${labels} label(s) and its config.json says ${expected}; they do not belong together.`,
      );
    }
    if (!data.every(Number.isFinite)) {
      throw new SecondpassError(
        'invalid-model',
        `${graph} gives ${data.join(', ')} for two plain pairs; it is broken.`,
      );
    }
    return labels;
  } finally {
    line.close();
  }
}

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

/**
 * Runs two short texts through an encoder that has just been opened, and returns the length of its vectors.
 * @throws SecondpassError `invalid-model` if they are no vectors
 */
export async function probeVectors(pool: Pool, tokenizer: PairTokenizer, graph: string): Promise<number> {
  const texts = ['second', 'the second text'].map((text) => tokenizer.single(text, Infinity).pair);
  const line = pool.line(1);
  try {
    const { cols, data } = await line.add(packBatch(texts));
    if (cols > 0 && data.every(Number.isFinite) && data.some((value) => value !== 0)) return cols;
    throw new SecondpassError('invalid-model', `${graph} gives no vectors for two plain texts; it is broken.`);
  } finally {
    line.close();
  }
}

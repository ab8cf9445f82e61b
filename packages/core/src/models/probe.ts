import { SecondpassError } from '../errors.ts';
import { packBatch, type Batch, type Output } from './batch.ts';
import type { Pool } from './fair-pool.ts';
import type { SessionSettings } from './onnx-session.ts';
import type { PairTokenizer } from './pair-tokenizer.ts';

/** Two short texts, or pairs of them, for the first run of a graph. Two, since not every graph takes several. */
export function probeBatch(tokenizer: PairTokenizer, head: 'pairs' | 'tokens'): Batch {
  const texts = ['second', 'the second text'];
  if (head === 'tokens') return packBatch(texts.map((text) => tokenizer.single(text, Infinity).pair));
  const query = tokenizer.encode('first');
  return packBatch(texts.map((text) => tokenizer.pair(query, tokenizer.encode(text)).pair));
}

/**
 * The first run of a graph that has just been opened. A device that opens a graph cannot always run it, and one that runs
 * it may answer without numbers. So both are found out while the model is loaded, and not at the first call.
 * @throws SecondpassError what the run fails with; for an answer that is no number, `invalid-model` on the CPU, which is
 *   believed, and `device-unavailable` elsewhere
 */
export async function runProbe(pool: Pool, batch: Batch, settings: SessionSettings): Promise<Output> {
  const { graph, head, device = 'cpu' } = settings;
  const line = pool.line(1);
  try {
    const output = await line.add(batch);
    const { data } = output;
    // Unit vectors are never all 0.
    const empty = head === 'tokens' && data.every((value) => value === 0);
    if (!empty && data.every(Number.isFinite)) return output;
    const fact = head === 'tokens' ? 'no vectors for two plain texts' : `${data.join(', ')} for two plain pairs`;
    if (device !== 'cpu') throw new SecondpassError('device-unavailable', `it gives ${fact}`);
    throw new SecondpassError('invalid-model', `${graph} gives ${fact}; it is broken.`);
  } finally {
    line.close();
  }
}

/**
 * The labels of a graph, by its first answer.
 * @param expected labels by the configuration, if it says
 * @throws SecondpassError `invalid-model` if the two differ
 */
export function labelsOf({ cols: labels }: Output, expected: number | undefined, graph: string): number {
  if (expected === undefined || expected === labels) return labels;
  throw new SecondpassError(
    'invalid-model',
    `${graph} gives ${labels} label(s) and its config.json says ${expected}; they do not belong together.`,
  );
}

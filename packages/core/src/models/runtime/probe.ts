import { SecondpassError } from '../../errors.ts';
import { packBatch, type Batch, type Output } from './batch.ts';
import type { Pool } from './fair-pool.ts';
import type { SessionSettings } from './onnx-session.ts';
import type { PairTokenizer } from '../tokenize/pair-tokenizer.ts';
import { plainReason } from './plain-reason.ts';
import { isWorkerLost } from './runner.ts';

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
 * @throws SecondpassError what the run fails with; on the CPU, which is believed, `invalid-model` where the runtime will not
 *   run it or the answer is no number; elsewhere `device-unavailable` for such an answer
 */
export async function runProbe(pool: Pool, batch: Batch, settings: SessionSettings): Promise<Output> {
  const { graph, head, device = 'cpu' } = settings;
  const line = pool.line(1);
  try {
    const output = await line.add(batch).catch((error: unknown) => {
      throw device === 'cpu' && isRefusal(error) ? unfit(graph, error) : error;
    });
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

/** Whether the runtime itself would not run a batch; a worker that ended says nothing of the graph. */
function isRefusal(error: unknown): error is SecondpassError {
  return SecondpassError.isInstance(error) && error.code === 'failed' && !isWorkerLost(error);
}

/** What is said of a graph that opens, and has no place for token ids that it is given. */
function unfit(graph: string, cause: SecondpassError): SecondpassError {
  const fact = `${graph} cannot run on what the tokenizer gives for two plain texts: ${plainReason(cause.message)}`;
  const way = 'Take the graph, tokenizer.json and config.json from one model; do they belong together?';
  return new SecondpassError('invalid-model', `${fact} ${way}`, { cause });
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

import { setImmediate as nextTurn } from 'node:timers/promises';
import { SecondpassError } from '../errors.ts';
import { packBatch, type Logits } from './batch.ts';
import { openCall, type CallState, type Classified } from './call-state.ts';
import { endOfCall } from './end-of-call.ts';
import type { Line, Pool } from './fair-pool.ts';
import type { Pair } from './pair-frame.ts';
import { planBatches } from './plan-batches.ts';
import { relevanceLogit } from './relevance.ts';
import type { PairTokenizer } from './tokenizer.ts';

export interface ClassifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Absolute, `Date.now()` milliseconds. */
  readonly deadline?: number | undefined;
  /** Called after each batch with the number of texts that have a logit. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A model that judges a query and a text together. */
export interface PairClassifier {
  /** At the deadline, resolves with what there is; at an abort, rejects with the signal's reason. */
  classify(query: string, texts: readonly string[], options?: ClassifyOptions): Promise<Classified>;
  /** Starts all workers, so that the first call does not. */
  warmUp(): Promise<void>;
  dispose(): Promise<void>;
}

export interface PairClassifierParts {
  readonly tokenizer: PairTokenizer;
  readonly pool: Pool;
  /** Padded tokens of one run; 1: each pair alone. */
  readonly tokenBudget: number;
  /** Index of the label that means "relevant". */
  readonly label: number;
  /** Texts that may wait, over all calls. */
  readonly maxQueue: number;
}

/** Texts that are tokenised and planned together; at most twice as many are ready, shared by the calls under way. */
const windowSize = 256;
const smallestWindow = 16;
/** Where each pair runs alone, nothing is gained by planning many together: the first window is small, so work begins. */
const firstWindowAlone = 8;
/** Milliseconds of tokenising between two turns of the event loop. */
const slice = 4;

export function pairClassifier({ tokenizer, pool, tokenBudget, label, maxQueue }: PairClassifierParts): PairClassifier {
  const disposal = new AbortController();
  let queued = 0;
  let calls = 0;
  const windowNow = (): number => Math.max(smallestWindow, Math.ceil(windowSize / calls));

  /** Tokenises window by window and hands batches on, never far ahead of what has been scored. */
  async function feed(query: string, texts: readonly string[], call: CallState, line: Line): Promise<void> {
    const first = tokenizer.encode(query, Infinity);
    let size = tokenBudget === 1 ? firstWindowAlone : windowNow();
    let sliceEnd = performance.now() + slice;
    for (let from = 0; from < call.unique.length;) {
      const members = call.unique.slice(from, from + size);
      const pairs: Pair[] = [];
      for (const index of members) {
        const { pair, truncated } = tokenizer.pair(first, tokenizer.encode(texts[index]!, first.ids.length));
        if (truncated) call.cut.add(index);
        pairs.push(pair);
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        if (call.ended) return;
        sliceEnd = performance.now() + slice;
      }
      const lengths = pairs.map(({ ids }) => ids.length);
      for (const group of planBatches(lengths, tokenBudget)) {
        const batch = packBatch(group.map((at) => pairs[at]!));
        const indices = group.map((at) => members[at]!);
        call.launch(indices, batch.ids.length, line.add(batch).then(relevance));
      }
      await call.until(windowNow());
      if (call.ended) return;
      from += size;
      size = Math.min(windowNow(), size * 2);
    }
    await call.until(0);
  }

  const relevance = ({ data, labels }: Logits): Float64Array =>
    Float64Array.from({ length: data.length / labels }, (_, row) =>
      relevanceLogit(data.subarray(row * labels, (row + 1) * labels), label),
    );

  return {
    async classify(query, texts, options = {}) {
      disposal.signal.throwIfAborted();
      options.signal?.throwIfAborted();
      if (queued > 0 && queued + texts.length > maxQueue) {
        throw new SecondpassError(
          'overloaded',
          `${queued} text(s) already wait for this model and ${texts.length} more would pass its bound of ${maxQueue}. ` +
            'Try later, or raise maxQueue.',
        );
      }
      const call = openCall(texts, options.onProgress);
      if (options.deadline !== undefined && options.deadline <= Date.now()) return call.result(true);
      const line = pool.line(tokenBudget);
      const end = endOfCall([options.signal, disposal.signal], options.deadline);
      queued += texts.length;
      calls++;
      try {
        const how = await Promise.race([end.reached, feed(query, texts, call, line)]);
        return call.result(how === 'late');
      } finally {
        call.ended = true;
        queued -= texts.length;
        calls--;
        end.forget();
        line.close();
      }
    },
    warmUp: () => pool.fill(),
    async dispose() {
      disposal.abort(new SecondpassError('disposed', 'This model has been disposed of; load it again to use it.'));
      await pool.dispose();
    },
  };
}

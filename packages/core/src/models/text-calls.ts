import { SecondpassError } from '../errors.ts';
import { ownTurn } from '../turns.ts';
import { packBatch, type Output } from './runtime/batch.ts';
import { openCall, type CallState, type Outcome } from './call-state.ts';
import { endOfCall } from './end-of-call.ts';
import type { Line, Pool } from './runtime/fair-pool.ts';
import type { Pair } from './tokenize/pair-tokenizer.ts';
import { planBatches } from './runtime/plan-batches.ts';

export interface TextCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Absolute, `Date.now()` milliseconds. */
  readonly deadline?: number | undefined;
  /** Called after each batch with the number of texts that are done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What one call does with each of its texts. */
export interface TextWork<T> {
  /** Token ids of a text, or of a pair that it is part of. */
  prepare(text: string): { readonly pair: Pair; readonly truncated: boolean };
  /** One value for each text of a batch. */
  read(output: Output): ArrayLike<T>;
  /** Told of each text's value as it arrives. What it throws fails the call. */
  landed(index: number, value: T): void;
}

/** Calls of many texts each that share a model. */
export interface TextCalls {
  /** At the deadline, resolves with what there is; at an abort, rejects with the signal's reason. */
  run<T>(texts: readonly string[], work: TextWork<T>, options?: TextCallOptions): Promise<Outcome>;
  /** Aborted once the model has been disposed of. */
  readonly disposed: AbortSignal;
  /**
   * Starts all workers, so that the first call does not.
   * @throws SecondpassError `failed` if some could not be started: how many, why, and what to do. The model works
   *   with the others, and tries the rest again when work waits
   */
  warmUp(): Promise<void>;
  /**
   * Ends the calls under way (`disposed`), and resolves when the workers have ended: after the batches that run. In a
   * thread of your own, await it before the thread is terminated: cut off in a batch, it can abort the process.
   */
  dispose(): Promise<void>;
}

export interface TextCallSettings {
  readonly pool: Pool;
  /** Padded tokens of one run; 1: each text alone. */
  readonly tokenBudget: number;
  /** Texts that may wait, over all calls. */
  readonly maxQueue: number;
}

/** Texts that are tokenised and planned together; at most twice as many are ready, shared by the calls under way. */
const windowSize = 256;
const smallestWindow = 16;
/** Where each text runs alone, nothing is gained by planning many together: the first window is small, so work begins. */
const firstWindowAlone = 8;

export function textCalls({ pool, tokenBudget, maxQueue }: TextCallSettings): TextCalls {
  const disposal = new AbortController();
  let queued = 0;
  let calls = 0;
  const windowNow = (): number => Math.max(smallestWindow, Math.ceil(windowSize / calls));

  /** Tokenises window by window and hands batches on, never far ahead of what has been scored. */
  async function feed<T>(texts: readonly string[], work: TextWork<T>, call: CallState<T>, line: Line): Promise<void> {
    let size = tokenBudget === 1 ? firstWindowAlone : windowNow();
    const turn = ownTurn();
    for (let from = 0; from < call.unique.length;) {
      const members = call.unique.slice(from, from + size);
      const pairs: Pair[] = [];
      for (const index of members) {
        const { pair, truncated } = work.prepare(texts[index]!);
        if (truncated) call.cut.add(index);
        pairs.push(pair);
        if (turn.over()) await turn.next();
        if (call.ended) return;
      }
      const lengths = pairs.map(({ ids }) => ids.length);
      for (const group of planBatches(lengths, tokenBudget)) {
        const batch = packBatch(group.map((at) => pairs[at]!));
        const indices = group.map((at) => members[at]!);
        call.launch(
          indices,
          batch.ids.length,
          line.add(batch).then((output) => work.read(output)),
        );
      }
      await call.until(windowNow());
      if (call.ended) return;
      from += size;
      size = Math.min(windowNow(), size * 2);
    }
    await call.until(0);
  }

  return {
    async run<T>(texts: readonly string[], work: TextWork<T>, options: TextCallOptions = {}): Promise<Outcome> {
      disposal.signal.throwIfAborted();
      options.signal?.throwIfAborted();
      if (queued > 0 && texts.length > 0 && queued + texts.length > maxQueue) {
        throw new SecondpassError(
          'overloaded',
          `${queued} text(s) already wait for this model and ${texts.length} more would pass its bound of ${maxQueue}. ` +
            'Try later, or raise maxQueue.',
        );
      }
      let waiting = texts.length;
      const landed = (index: number, value: T): void => {
        waiting--;
        queued--;
        work.landed(index, value);
      };
      const call = openCall<T>(texts, landed, options.onProgress);
      if (options.deadline !== undefined && options.deadline <= Date.now()) return call.outcome(true);
      const line = pool.line(tokenBudget);
      const end = endOfCall([options.signal, disposal.signal], options.deadline);
      queued += texts.length;
      calls++;
      try {
        const how = await Promise.race([end.reached, feed(texts, work, call, line)]);
        return call.outcome(how === 'late');
      } finally {
        call.ended = true;
        queued -= waiting;
        calls--;
        end.forget();
        line.close();
      }
    },
    disposed: disposal.signal,
    async warmUp() {
      disposal.signal.throwIfAborted();
      await pool.fill();
    },
    async dispose() {
      disposal.abort(new SecondpassError('disposed', 'This model has been disposed of; load it again to use it.'));
      await pool.dispose();
    },
  };
}

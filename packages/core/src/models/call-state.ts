import { isWorkerLost } from './runner.ts';

/** What one call came to. Lists of indices are ascending. */
export interface Classified {
  /** One per text; `undefined` where there is none. */
  readonly logits: readonly (number | undefined)[];
  /** Texts that were cut to fit, or whose query was. */
  readonly truncated: readonly number[];
  /** Texts whose batch was lost with its worker, twice. */
  readonly lost: readonly number[];
  /** True if the deadline came first. */
  readonly late: boolean;
  /** Pairs and tokens that went through the model. Equal texts go once. */
  readonly pairs: number;
  readonly tokens: number;
}

/** The books of one call: what is under way, what has a logit, what failed. Equal texts share the fate of the first. */
export interface CallState {
  /** Set once the call has an outcome; whoever works for it stops. */
  ended: boolean;
  /** Index of the first of each group of equal texts. */
  readonly unique: readonly number[];
  readonly cut: Set<number>;
  /** Enters texts that are under way. `landing` gives their logits, or rejects. */
  launch(indices: readonly number[], tokens: number, landing: Promise<ArrayLike<number>>): void;
  /** Resolves when at most `count` texts are under way; rejects with the first failure that is not a lost worker. */
  until(count: number): Promise<void>;
  result(late: boolean): Classified;
}

export function openCall(texts: readonly string[], onProgress?: (done: number) => void): CallState {
  const firstOf = new Map<string, number>();
  const owner = Int32Array.from(texts, (text, index) => {
    const first = firstOf.get(text) ?? index;
    if (first === index) firstOf.set(text, index);
    return first;
  });
  const copies = new Int32Array(texts.length);
  for (const first of owner) copies[first]!++;
  const logits: (number | undefined)[] = Array.from({ length: texts.length });
  const cut = new Set<number>();
  const lost = new Set<number>();
  const owned = (set: ReadonlySet<number>): number[] => [...owner.keys()].filter((index) => set.has(owner[index]!));
  const sum = { pairs: 0, tokens: 0, done: 0, underWay: 0 };
  const failures: unknown[] = [];
  let wake: (() => void) | undefined;

  const land = async (
    indices: readonly number[],
    tokens: number,
    landing: Promise<ArrayLike<number>>,
  ): Promise<void> => {
    try {
      const values = await landing;
      for (const [row, index] of indices.entries()) {
        logits[index] = values[row]!;
        sum.done += copies[index]!;
      }
      sum.pairs += indices.length;
      sum.tokens += tokens;
      if (!call.ended) onProgress?.(sum.done);
    } catch (error) {
      if (isWorkerLost(error)) for (const index of indices) lost.add(index);
      else failures.push(error);
    }
    sum.underWay -= indices.length;
    wake?.();
  };

  const call: CallState = {
    ended: false,
    unique: [...firstOf.values()],
    cut,
    launch(indices, tokens, landing) {
      sum.underWay += indices.length;
      void land(indices, tokens, landing);
    },
    async until(count) {
      while (sum.underWay > count && failures.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      if (failures.length > 0) throw failures[0];
    },
    result: (late) => ({
      logits: Array.from(owner, (first) => logits[first]),
      truncated: owned(cut),
      lost: owned(lost),
      late,
      pairs: sum.pairs,
      tokens: sum.tokens,
    }),
  };
  return call;
}

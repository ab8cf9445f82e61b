import { isWorkerLost } from './runtime/runner.ts';

/** How a call ended. Lists of indices are ascending. */
export interface Outcome {
  /** Texts that were cut to fit, or whose query was. */
  readonly truncated: readonly number[];
  /** Texts whose batch was lost with its worker, twice. */
  readonly lost: readonly number[];
  /** True if the deadline came first. */
  readonly late: boolean;
  /** Pairs, or texts, and tokens that went through the model. Equal texts go once. */
  readonly pairs: number;
  readonly tokens: number;
}

/** The books of one call: what is under way, what has arrived, what failed. Equal texts share the fate of the first. */
export interface CallState<T> {
  /** Set once the call has an outcome; whoever works for it stops. */
  ended: boolean;
  /** Index of the first of each group of equal texts. */
  readonly unique: readonly number[];
  readonly cut: Set<number>;
  /** Enters texts that are under way. `landing` gives their values, or rejects. */
  launch(indices: readonly number[], tokens: number, landing: Promise<ArrayLike<T>>): void;
  /** Resolves when at most `count` texts are under way; rejects with the first failure that is not a lost worker. */
  until(count: number): Promise<void>;
  outcome(late: boolean): Outcome;
}

/** @param landed told of each text's value when it arrives, unless the call has ended; what it throws fails the call */
export function openCall<T>(
  texts: readonly string[],
  landed: (index: number, value: T) => void,
  onProgress?: (done: number) => void,
): CallState<T> {
  const { owner, unique } = groupEqual(texts);
  const copies = new Map<number, number[]>();
  for (const [index, first] of owner.entries()) {
    if (index === first) continue;
    const others = copies.get(first);
    if (others) others.push(index);
    else copies.set(first, [index]);
  }
  const cut = new Set<number>();
  const lost = new Set<number>();
  const owned = (set: ReadonlySet<number>): number[] => [...owner.keys()].filter((index) => set.has(owner[index]!));
  const sum = { pairs: 0, tokens: 0, done: 0, underWay: 0 };
  const failures: unknown[] = [];
  let wake: (() => void) | undefined;

  const land = async (indices: readonly number[], tokens: number, landing: Promise<ArrayLike<T>>): Promise<void> => {
    try {
      const values = await landing;
      if (!call.ended) {
        for (const [row, first] of indices.entries()) {
          for (const index of [first, ...(copies.get(first) ?? [])]) {
            landed(index, values[row]!);
            sum.done++;
          }
        }
        sum.pairs += indices.length;
        sum.tokens += tokens;
        onProgress?.(sum.done);
      }
    } catch (error) {
      if (isWorkerLost(error)) for (const index of indices) lost.add(index);
      else failures.push(error);
    }
    sum.underWay -= indices.length;
    wake?.();
  };

  const call: CallState<T> = {
    ended: false,
    unique,
    cut,
    launch(indices, tokens, landing) {
      sum.underWay += indices.length;
      void land(indices, tokens, landing);
    },
    async until(count) {
      while (sum.underWay > count && failures.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      if (failures.length > 0) throw failures[0];
    },
    outcome: (late) => ({
      truncated: owned(cut),
      lost: owned(lost),
      late,
      pairs: sum.pairs,
      tokens: sum.tokens,
    }),
  };
  return call;
}

/** For each text the index of the first that is equal to it, and these firsts. By itself, so that its map is soon gone. */
function groupEqual(texts: readonly string[]): { readonly owner: Int32Array; readonly unique: readonly number[] } {
  const firstOf = new Map<string, number>();
  const owner = new Int32Array(texts.length);
  for (const [index, text] of texts.entries()) {
    const first = firstOf.get(text) ?? index;
    if (first === index) firstOf.set(text, index);
    owner[index] = first;
  }
  return { owner, unique: [...firstOf.values()] };
}

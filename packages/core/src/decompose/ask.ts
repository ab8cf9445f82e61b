import { SecondpassError } from '../errors.ts';
import type { Pool } from '../fusion/pool.ts';
import type { Retriever } from '../search-types.ts';
import type { CallOptions, Candidate, Content, Run } from '../types.ts';
import { textOf } from '../content.ts';
import { bounded } from './bounded.ts';
import type { Failure } from './failure-notes.ts';

export interface AskOptions {
  readonly depth: number;
  readonly timeoutMs: number;
  readonly weights: Readonly<Record<string, number | undefined>>;
}

/** Asks several retrievers at once, and remembers what ran and what failed. */
export interface Asker<C extends Candidate> {
  /**
   * A pool of each, empty where the retriever failed: so that a fusion knows its name. `label` tells pools of different
   * questions apart; `''` is the original's.
   */
  ask(query: Content, label: string, weight: number): Promise<readonly Pool<C>[]>;
  readonly failures: readonly Failure[];
  readonly runs: readonly Run[];
}

/** @throws from `ask` only the caller's own abort; what a retriever throws is a failure */
export function askerOf<C extends Candidate>(
  retrievers: readonly Retriever<C>[],
  { depth, timeoutMs, weights }: AskOptions,
  call: CallOptions,
): Asker<C> {
  const failures: Failure[] = [];
  const runs: Run[] = [];
  const askOne = async (retriever: Retriever<C>, query: Content, label: string, weight: number): Promise<Pool<C>> => {
    const { name } = retriever;
    const pool = {
      name: label === '' ? name : `${name} ${label}`,
      question: textOf(query),
      weight: weight * (Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1),
    };
    const started = performance.now();
    try {
      const found = await bounded(
        `Retriever "${name}"`,
        (inner) => retriever.retrieve(query, { ...inner, limit: depth }),
        call,
        timeoutMs,
      );
      if (!Array.isArray(found)) {
        throw new SecondpassError('failed', `It answered ${typeof found} instead of an array of candidates.`);
      }
      runs.push({ by: name, durationMs: performance.now() - started });
      return { ...pool, candidates: found.slice(0, depth) };
    } catch (cause) {
      call.signal?.throwIfAborted();
      failures.push({ retriever: name, cause });
      return { ...pool, candidates: [] };
    }
  };
  return {
    failures,
    runs,
    ask: (query, label, weight) => Promise.all(retrievers.map((retriever) => askOne(retriever, query, label, weight))),
  };
}

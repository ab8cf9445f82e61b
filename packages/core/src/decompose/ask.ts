import { SecondpassError } from '../errors.ts';
import type { Pool } from '../fusion/pool.ts';
import type { CallOptions, Candidate, Content, Retriever, Run } from '../types.ts';
import { textOf } from '../content.ts';
import { bounded } from './bounded.ts';
import type { Failure } from './failure-notes.ts';

export interface AskOptions {
  readonly depth: number;
  readonly timeoutMs: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Asks several retrievers at once, and remembers what ran and what failed. */
export interface Asker<C extends Candidate> {
  /** The pools of those that answered. `label` tells pools of different questions apart; `''` is the original's. */
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
  const askOne = async (
    retriever: Retriever<C>,
    query: Content,
    label: string,
    weight: number,
  ): Promise<Pool<C> | undefined> => {
    const { name } = retriever;
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
      return {
        name: label === '' ? name : `${name} ${label}`,
        candidates: found.slice(0, depth),
        question: textOf(query),
        weight: weight * (weights[name] ?? 1),
      };
    } catch (cause) {
      call.signal?.throwIfAborted();
      failures.push({ retriever: name, cause });
      return undefined;
    }
  };
  return {
    failures,
    runs,
    async ask(query, label, weight) {
      const pools = await Promise.all(retrievers.map((retriever) => askOne(retriever, query, label, weight)));
      return pools.filter((pool) => pool !== undefined);
    },
  };
}

import { checkOptionNames, requireScoreKind } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Candidate, Scorer, ScoreKind } from '../types.ts';

export interface SignalOptions {
  /** What the number means. Default `fused`: only the order does. */
  readonly kind?: ScoreKind | undefined;
  /** Reads the number from a candidate; undefined where there is none. Default: `candidate.signals[name]`. */
  readonly read?: ((candidate: Candidate) => number | undefined) | undefined;
}

/**
 * A scorer that reads a number which candidates bring along: clicks, an age, a price. Higher is better; for the other
 * way round give a `read` that turns it. A candidate without the signal gets no score: absent is not 0.
 *
 * @example
 * blend([{ scorer: crossEncoder, weight: 3 }, { scorer: signal('clicks'), weight: 1 }])
 * @throws SecondpassError `invalid-argument` for an empty name and an unknown kind; `invalid-score` from what scores by
 *   it, for a signal that is no finite number
 */
export function signal(name: string, options?: SignalOptions): Scorer {
  checkOptionNames(options, ['kind', 'read'], 'signal()');
  if (typeof name !== 'string' || name === '') {
    throw new SecondpassError('invalid-argument', 'signal() needs the name of a signal.');
  }
  const { kind = 'fused', read = (candidate: Candidate) => ownSignal(candidate, name) } = options ?? {};
  requireScoreKind('kind of signal()', kind);
  const by = `signal(${name})`;
  return {
    name: by,
    kind,
    pointwise: true,
    async score(_query, candidates, options) {
      options?.signal?.throwIfAborted();
      const started = performance.now();
      const scores = candidates.map((candidate) => read(candidate));
      return { value: { scores }, run: { by, durationMs: performance.now() - started } };
    },
  };
}

/** Names come from callers and may be any text: `constructor` is no signal unless somebody gave one. */
const ownSignal = ({ signals }: Candidate, name: string): number | undefined =>
  signals && Object.hasOwn(signals, name) ? signals[name] : undefined;

import { SecondpassError } from '../errors.ts';
import { compare } from './compare.ts';
import type { Evaluation } from './evaluate.ts';
import { parseMeasure } from './measures/parse-measure.ts';
import type { BootstrapOptions } from './statistics/bootstrap.ts';

/** A condition on runs: `nDCG@10>=0.6` on the value itself, `nDCG@10>=+0.02` on the difference to the first run. */
export interface Gate {
  readonly text: string;
  readonly measure: string;
  readonly threshold: number;
  /** True if the threshold is on the difference to the first run: it was written with a sign. */
  readonly relative: boolean;
  /** True for `>`, false for `>=`. */
  readonly strict: boolean;
}

/** What a gate found, run by run. */
export interface GateResult {
  readonly gate: string;
  readonly run: string;
  readonly value: number;
  readonly passed: boolean;
  /**
   * Of a difference: true if its confidence interval reaches below the threshold, so that the next sample may well
   * fail; or if there is none, for fewer than two queries.
   */
  readonly uncertain?: boolean;
}

/**
 * Reads a gate: measure, `>=` or `>`, number. A sign (`+0.02`, `-0.01`) makes it a difference to the first run.
 * @throws SecondpassError `invalid-argument`
 */
export function parseGate(text: string): Gate {
  const match = /^(.*?)\s*(>=?)\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$/.exec(text);
  if (!match)
    throw new SecondpassError(
      'invalid-argument',
      `"${text}" is no gate; write "nDCG@10>=0.6" for a value or "nDCG@10>=+0.02" for a gain over the first run.`,
    );
  const [, measure = '', operator = '', threshold = ''] = match;
  return {
    text,
    measure: parseMeasure(measure).name,
    threshold: Number(threshold),
    relative: /^[+-]/.test(threshold),
    strict: operator === '>',
  };
}

/**
 * Holds evaluations against a gate. A relative gate looks at every run but the first and needs one; an absolute gate
 * looks at every run but the first too, or at the only one.
 * @throws SecondpassError `invalid-argument` without a run, or without a second one for a relative gate, and as
 *   `compare`
 */
export function checkGate(gate: Gate, evaluations: readonly Evaluation[], options?: BootstrapOptions): GateResult[] {
  const [first, ...others] = evaluations;
  if (!first || (gate.relative && others.length === 0)) {
    throw new SecondpassError(
      'invalid-argument',
      `The gate "${gate.text}" compares with the first run and there is no second; give two runs, or drop the sign.`,
    );
  }
  const passes = (value: number): boolean => (gate.strict ? value > gate.threshold : value >= gate.threshold - 1e-12);
  if (gate.relative) {
    return compare(evaluations, gate.measure, options).differences.map(({ run, difference, interval }) => ({
      gate: gate.text,
      run,
      value: difference,
      passed: passes(difference),
      uncertain: interval === undefined || !passes(interval.low),
    }));
  }
  return (others.length > 0 ? others : [first]).map(({ run, means }) => {
    const value = means[gate.measure];
    if (value === undefined)
      throw new SecondpassError('invalid-argument', `Run "${run}" was not measured by "${gate.measure}".`);
    return { gate: gate.text, run, value, passed: passes(value) };
  });
}

import { sigmoid } from './sigmoid.ts';

/** `sigmoid(slope * x + intercept)`. */
export interface Logistic {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Fits a logistic curve to targets in [0, 1] by Newton's method on the cross-entropy, halving steps that do not improve
 * it (Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs", algorithm 1).
 * @param fixedIntercept fits the slope alone, through this intercept
 */
export function fitLogistic(scores: ArrayLike<number>, targets: ArrayLike<number>, fixedIntercept?: number): Logistic {
  // In units of the largest, so that what counts as small below does so for scores of any size.
  const unit = largestMagnitude(scores) || 1;
  const x = Float64Array.from(scores, (score) => score / unit);
  let fit: Logistic = { slope: 0, intercept: fixedIntercept ?? 0 };
  let loss = crossEntropy(x, targets, fit);
  for (let iteration = 0; iteration < 200; iteration++) {
    let [gradientSlope, gradientIntercept] = [0, 0];
    let [slopeSlope, slopeIntercept, interceptIntercept] = [1e-12, 0, 1e-12];
    for (let i = 0; i < x.length; i++) {
      const p = sigmoid(fit.slope * x[i]! + fit.intercept);
      const weight = p * (1 - p);
      gradientSlope += (p - targets[i]!) * x[i]!;
      gradientIntercept += p - targets[i]!;
      slopeSlope += weight * x[i]! * x[i]!;
      slopeIntercept += weight * x[i]!;
      interceptIntercept += weight;
    }
    const determinant = slopeSlope * interceptIntercept - slopeIntercept * slopeIntercept;
    const joint = fixedIntercept === undefined && determinant > 1e-18;
    const stepSlope = joint
      ? (interceptIntercept * gradientSlope - slopeIntercept * gradientIntercept) / determinant
      : gradientSlope / slopeSlope;
    const stepIntercept = joint ? (slopeSlope * gradientIntercept - slopeIntercept * gradientSlope) / determinant : 0;
    let scale = 1;
    let next = fit;
    let nextLoss = loss;
    for (; scale > 1e-10; scale /= 2) {
      next = { slope: fit.slope - scale * stepSlope, intercept: fit.intercept - scale * stepIntercept };
      nextLoss = crossEntropy(x, targets, next);
      if (nextLoss < loss) break;
    }
    if (!(nextLoss < loss)) break;
    const gained = loss - nextLoss;
    [fit, loss] = [next, nextLoss];
    if (gained < 1e-13 * Math.max(1, loss)) break;
  }
  return { slope: fit.slope / unit, intercept: fit.intercept };
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** Sum of `-t log p - (1 - t) log(1 - p)`, without overflow. */
function crossEntropy(x: ArrayLike<number>, targets: ArrayLike<number>, { slope, intercept }: Logistic): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const z = slope * x[i]! + intercept;
    sum += Math.max(z, 0) - targets[i]! * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

import { SecondpassError } from '../errors.ts';
import { fitLogistic } from '../maths/fit-logistic.ts';
import { interpolate, isotonic, type Block } from '../maths/isotonic.ts';
import { sigmoid } from '../maths/sigmoid.ts';

/** How scores become probabilities. Plain data: `JSON.stringify` saves it, `readCalibration` reads it back. */
export type Calibration =
  | { readonly method: 'platt'; readonly slope: number; readonly intercept: number }
  | { readonly method: 'temperature'; readonly temperature: number }
  | { readonly method: 'isotonic'; readonly blocks: readonly Block[] };

/** A score and what a person said of it: 1 relevant, 0 not; a share where several people judged. */
export interface JudgedScore {
  readonly score: number;
  readonly relevant: boolean | number;
}

/**
 * Fits a calibration to judged scores of one scorer.
 *
 *   platt        sigmoid(slope * score + intercept), targets drawn in by (n+ + 1)/(n+ + 2) and 1/(n- + 2) so that few
 *                judgments do not end in certainty (Platt 1999; Lin, Lin and Weng 2007). Good from about 20 judgments.
 *   temperature  sigmoid(logit / temperature): mends over- and underconfidence and keeps the point of indifference at
 *                logit 0 (Guo et al. 2017). For logits; one parameter, so a dozen judgments do.
 *   isotonic     any non-decreasing curve, straight between pooled blocks (Zadrozny and Elkan 2002). From some hundreds
 *                of judgments; constant outside the scores it has seen, so far scores tie.
 *
 * @throws SecondpassError `invalid-argument` without both a relevant and an irrelevant judgment, for a score that is not
 *   finite, or if the scores do not rise with relevance: then no calibration helps
 */
export function fitCalibration(method: Calibration['method'], judged: readonly JudgedScore[]): Calibration {
  if (!['platt', 'temperature', 'isotonic'].includes(method)) {
    const known = 'platt, temperature, isotonic';
    throw new SecondpassError('invalid-argument', `The method is "${String(method)}"; known: ${known}.`);
  }
  const y = judged.map(({ relevant }) => Number(relevant));
  const x = judged.map(({ score }) => score);
  const bad = judged.findIndex((_, i) => !Number.isFinite(x[i]) || !(y[i]! >= 0 && y[i]! <= 1));
  if (bad >= 0) {
    throw new SecondpassError(
      'invalid-argument',
      `Judgment ${bad} has score ${String(x[bad])} and relevance ${String(y[bad])}; a finite score and 0 to 1 are needed.`,
    );
  }
  const positives = y.reduce((sum, value) => sum + value, 0);
  const negatives = y.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new SecondpassError(
      'invalid-argument',
      `${y.length} judgment(s), ${positives} of them relevant: calibration needs some of both.`,
    );
  }
  if (method === 'isotonic') {
    const blocks = isotonic(x.map((at, i) => ({ x: at, y: y[i]! })));
    if (blocks.length < 2) throw notRising(method);
    return { method, blocks };
  }
  if (method === 'temperature') {
    const { slope } = fitLogistic(x, y, 0);
    if (!(slope > 0)) throw notRising(method);
    return { method, temperature: 1 / slope };
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const { slope, intercept } = fitLogistic(
    x,
    y.map((value) => low + value * (high - low)),
  );
  if (!(slope > 0)) throw notRising(method);
  return { method, slope, intercept };
}

/** The probability that a calibration gives a score. Never falls as the score rises. */
export function probabilityOf(calibration: Calibration, score: number): number {
  switch (calibration.method) {
    case 'platt':
      return sigmoid(calibration.slope * score + calibration.intercept);
    case 'temperature':
      return sigmoid(score / calibration.temperature);
    case 'isotonic':
      return interpolate(calibration.blocks, score);
  }
}

/**
 * Reads a calibration from what `JSON.parse` gave.
 * @throws SecondpassError `invalid-argument` for anything that is no calibration
 */
export function readCalibration(value: unknown): Calibration {
  const given = (value ?? {}) as {
    method?: unknown;
    slope?: unknown;
    intercept?: unknown;
    temperature?: unknown;
    blocks?: unknown;
  };
  const { method, slope, intercept, temperature, blocks } = given;
  if (method === 'platt' && isPositive(slope) && isNumber(intercept)) return { method, slope, intercept };
  if (method === 'temperature' && isPositive(temperature)) return { method, temperature };
  if (method === 'isotonic' && Array.isArray(blocks) && isRising(blocks)) {
    return { method, blocks: blocks.map(({ x, y }) => ({ x, y })) };
  }
  throw new SecondpassError(
    'invalid-argument',
    `No calibration: ${JSON.stringify(value)?.slice(0, 120)}. It needs a method (platt, temperature, isotonic) and its numbers, as fitCalibration() gives them.`,
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPositive(value: unknown): value is number {
  return isNumber(value) && value > 0;
}

function isRising(blocks: readonly unknown[]): blocks is readonly Block[] {
  const read = blocks.map((block) => (block ?? {}) as Partial<Block>);
  return (
    read.length >= 2 &&
    read.every(({ x, y }, i) => {
      const before = read[i - 1];
      if (!isNumber(x) || !isNumber(y) || y < 0 || y > 1) return false;
      return before === undefined || (x > before.x! && y >= before.y!);
    })
  );
}

function notRising(method: string): SecondpassError {
  return new SecondpassError(
    'invalid-argument',
    `These scores do not rise with relevance, so no ${method} calibration fits: check the judgments, or measure whether this scorer helps here at all.`,
  );
}

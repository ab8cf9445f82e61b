import { checkNumber, SecondpassError } from '@secondpass/core';

export type DecayShape = 'exp' | 'gauss' | 'linear';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration in milliseconds, from a number of them or from text such as `'36h'` or `'30d'`. */
export function milliseconds(duration: number | string, where: string): number {
  if (typeof duration === 'number') {
    checkNumber(where, duration, 0);
    return duration;
  }
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/u.exec(duration) ?? [];
  if (amount === undefined) {
    throw new SecondpassError(
      'invalid-argument',
      `${where} is ${JSON.stringify(duration)}; it must be milliseconds or text such as "36h", "30d", "2w".`,
    );
  }
  return Number(amount) * units[unit!]!;
}

/**
 * Elasticsearch's decay functions: 1 up to `offset`, `decay` at `offset + scale`; the linear one reaches 0.
 * Source: Elasticsearch guide, function score query, "Supported decay functions".
 */
export function decay(
  shape: DecayShape,
  {
    scale,
    offset,
    decay,
    where,
  }: { readonly scale: number; readonly offset: number; readonly decay: number; readonly where: string },
): (distance: number) => number {
  checkNumber(`${where}.decay`, decay, Number.MIN_VALUE, 1 - Number.EPSILON);
  if (scale <= 0) throw new SecondpassError('invalid-argument', `${where}.scale is ${scale}; it must be above 0.`);
  const past = (distance: number): number => Math.max(0, distance - offset) / scale;
  if (shape === 'exp') return (distance) => decay ** past(distance);
  if (shape === 'gauss') return (distance) => decay ** (past(distance) ** 2);
  if (shape === 'linear') return (distance) => Math.max(0, 1 - (1 - decay) * past(distance));
  throw new SecondpassError('invalid-argument', `${where}.shape is "${String(shape)}"; known: exp, gauss, linear.`);
}

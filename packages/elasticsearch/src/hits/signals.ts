import { checkNumber, checkOptionNames, SecondpassError } from '@secondpass/core';
import { valuesOfHit } from '../text/values-at.ts';
import type { Hit } from '../client/search-client.ts';
import { decay, milliseconds, type DecayShape } from './decay.ts';

/**
 * Where a number about a hit comes from.
 *
 *   'clicks'                               the number at this path of `_source`, else of `fields`
 *   { number: 'clicks', modifier: 'log1p' }
 *   { date: 'published', scale: '30d' }    how recent, from 1 at `origin` over `decay` at `scale` from it towards 0
 *   (hit) => …                             a number, or `undefined` for "not known"
 *
 * Not known is not 0: a signal that a hit lacks is absent. Of several values the largest counts.
 */
export type SignalSource<H extends Hit = Hit> = string | NumberSignal | DateSignal | ((hit: H) => number | undefined);

export interface NumberSignal {
  /** Path of the number in `_source`, else in `fields`. */
  readonly number: string;
  /** Default `'none'`. */
  readonly modifier?: 'none' | 'log1p' | 'sqrt' | 'reciprocal' | undefined;
}

/**
 * As in Elasticsearch's decay functions; a date without an offset is UTC. Durations are milliseconds or text such as
 * `'36h'`, `'30d'`, `'2w'`.
 */
export interface DateSignal {
  /** Path of the date in `_source`, else in `fields`. */
  readonly date: string;
  /** How far from the origin, above 0, the value is `decay`. */
  readonly scale: number | string;
  /** The value at `scale` from the origin, above 0 and below 1. Default 0.5. */
  readonly decay?: number | undefined;
  /** Nothing decays within this distance. Default 0. */
  readonly offset?: number | string | undefined;
  /** The best date. Default: now. */
  readonly origin?: Date | string | number | undefined;
  /** Default `'exp'`. */
  readonly shape?: DecayShape | undefined;
}

const modifiers = {
  none: (value: number): number => value,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  reciprocal: (value: number): number => 1 / value,
} as const;

export type SignalReader = (hit: Hit) => Record<string, number> | undefined;

/** Turns the `signals` option into a function from a hit to what is known of it; `undefined` if nothing is. */
export function signalReader(signals: Readonly<Record<string, SignalSource>> | undefined): SignalReader {
  const readers = Object.entries(signals ?? {}).map(([name, source]) => [name, readerOf(name, source)] as const);
  return (hit) => {
    const known: [string, number][] = [];
    for (const [name, read] of readers) {
      const value = read(hit);
      if (typeof value === 'number' && Number.isFinite(value)) known.push([name, value]);
    }
    return known.length > 0 ? Object.fromEntries(known) : undefined;
  };
}

function readerOf(name: string, source: SignalSource): (hit: Hit) => number | undefined {
  const where = `signals.${name}`;
  if (typeof source === 'function') return source;
  if (typeof source === 'string') return (hit) => largest(numbersAt(hit, source));
  if (typeof source === 'object' && source !== null && 'number' in source) {
    checkOptionNames(source, ['number', 'modifier'], where);
    const modify = modifiers[source.modifier ?? 'none'];
    if (modify) return (hit) => largest(numbersAt(hit, source.number).map(modify));
  } else if (typeof source === 'object' && source !== null && 'date' in source) {
    checkOptionNames(source, ['date', 'scale', 'decay', 'offset', 'origin', 'shape'], where);
    const origin = source.origin === undefined ? Date.now() : timeOf(source.origin);
    checkNumber(`${where}.origin`, origin);
    const by = decay(source.shape ?? 'exp', {
      scale: milliseconds(source.scale, `${where}.scale`),
      offset: milliseconds(source.offset ?? 0, `${where}.offset`),
      decay: source.decay ?? 0.5,
      where,
    });
    return (hit) => largest(valuesOfHit(hit, source.date).map((value) => by(Math.abs(timeOf(value) - origin))));
  }
  throw new SecondpassError(
    'invalid-argument',
    `${where} is ${JSON.stringify(source)}; it must be a path, { number, modifier }, { date, scale } or a function.`,
  );
}

function numbersAt(hit: Hit, path: string): number[] {
  return valuesOfHit(hit, path).map((value) =>
    typeof value === 'string' && value.trim() !== ''
      ? Number(value)
      : typeof value === 'boolean'
        ? Number(value)
        : typeof value === 'number'
          ? value
          : Number.NaN,
  );
}

/** Ends in the name of a time zone, or in an offset after a time: `Z`, `GMT`, `10:00+01:00`. */
const hasOffset = /[a-z]$|:[\d.]+ ?[+-]\d{2}:?\d{2}$/iu;

function timeOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  if (/^-?\d{5,}$/u.test(value)) return Number(value);
  // Left alone, `Date.parse` takes most dates without an offset for local time.
  return Date.parse(hasOffset.test(value) ? value : `${value}Z`);
}

function largest(values: readonly number[]): number | undefined {
  const known = values.filter(Number.isFinite);
  return known.length > 0 ? Math.max(...known) : undefined;
}

import { UsageError } from '../usage.ts';
import type { Strategy } from './load-systems.ts';

/** `10,20,50`: whole numbers that rise. */
export function integers(name: string, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const values = text.split(',').map((part) => part.trim());
  if (!values.every((value) => /^\d{1,9}$/.test(value) && Number(value) > 0))
    throw new UsageError(`--${name} is "${text}"; it must be whole numbers divided by commas, such as 10,20,50.`);
  return [...new Set(values.map(Number))].sort((a, b) => a - b);
}

/** `0,0.2,0.5`: weights from 0 to below 1. */
export function weights(name: string, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const values = text.split(',').map((part) => Number(part.trim() === '' ? NaN : part));
  if (!values.every((value) => value >= 0 && value < 1))
    throw new UsageError(
      `--${name} is "${text}"; it must be weights from 0 to below 1, divided by commas, such as 0,0.2,0.5.`,
    );
  return values;
}

/** A span of time, in milliseconds: `90s`, `10m`, `1h`, or plain seconds. */
export function timeSpan(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text.trim());
  if (!match || Number(match[1]) <= 0) throw new UsageError(`--${name} is "${text}"; write it as 90s, 10m or 1h.`);
  return Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's']!;
}

/** `whole`, `passages`, or both. */
export function strategyList(text: string | undefined): Strategy[] {
  const values = new Set((text ?? 'whole').split(',').map((part) => part.trim()));
  const known = [...values].filter((value): value is Strategy => value === 'whole' || value === 'passages');
  if (known.length === values.size) return known;
  throw new UsageError(`--strategy is "${text}"; it must be whole, passages, or both, divided by a comma.`);
}

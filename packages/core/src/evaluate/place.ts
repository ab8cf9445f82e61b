import { SecondpassError } from '../errors.ts';

/** Where a line stands, for messages: the file (or what the text was called) and the 1-based line number. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** An error about one line: `runs/bm25.trec:12: the score is "NaN"; …`. */
export function badLine({ file, line }: Place, message: string, cause?: unknown): SecondpassError {
  return new SecondpassError('invalid-argument', `${file}:${line}: ${message}`, { cause });
}

/** A value from a file as a short quoted text: control characters escaped, cut after 60 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A decimal number as files write it. NaN, infinities, hexadecimal and empty fields are errors with their place. */
export function numberAt(text: string, what: string, place: Place): number {
  const value = decimal.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw badLine(place, `the ${what} is ${quote(text)}; it must be a finite decimal number.`);
}

import { parseArgs } from 'node:util';
import { SecondpassError } from '@secondpass/core';

/** The command line is wrong: exit code 2, the sentence, and where to read on. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/**
 * One option. `value` names what it takes, for messages; without it the option is a switch. A `FILE` is a file by its
 * name: "-" stands for no stream, and is refused.
 */
export interface Option {
  readonly value?: string;
  /** All that it may be. Default: anything. */
  readonly among?: readonly string[];
  readonly short?: string;
  readonly many?: boolean;
}
export interface Arguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** An integer of at least `minimum`. */
  integer(name: string, fallback: number, minimum: number): number;
}

/**
 * Reads a command's arguments by its table of options. `--name value`, `--name=value` and `-n value` mean the same.
 * @throws UsageError for an unknown option (with the nearest known one), a missing value, one that may not be, or an
 *   option given twice
 */
export function readArguments(argv: readonly string[], options: Readonly<Record<string, Option>>): Arguments {
  const table = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value ? 'string' : 'boolean', multiple: true, ...(short && { short }) } as const,
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: table,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) {
      const near = nearest(token.name, Object.keys(options));
      throw new UsageError(`There is no option "${token.rawName}"${near ? `; did you mean "--${near}"?` : '.'}`);
    }
    if (!option.value && token.value !== undefined) throw new UsageError(`"${token.rawName}" takes no value.`);
    if (option.value && (token.value === undefined || (!token.inlineValue && /^--?[a-z]/i.test(token.value)))) {
      throw new UsageError(
        `"${token.rawName}" needs a value: ${token.rawName} ${option.value}` +
          (token.value === undefined ? '.' : `; if "${token.value}" is meant, write --${token.name}=${token.value}`),
      );
    }
    if (option.value === 'FILE' && token.value === '-') {
      throw new UsageError(`"${token.rawName}" takes a file, not "-"; a file of that name is written ./-`);
    }
    if (option.among && !option.among.includes(token.value!)) {
      throw new UsageError(`--${token.name} is "${token.value}"; it must be one of ${option.among.join(', ')}.`);
    }
    const given = values.get(token.name) ?? [];
    if (given.length > 0 && !option.many && option.value) throw new UsageError(`"${token.rawName}" is given twice.`);
    values.set(token.name, [...given, token.value ?? '']);
  }
  return {
    positionals,
    has: (name) => values.has(name),
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
    integer(name, fallback, minimum) {
      const text = values.get(name)?.at(-1);
      if (text === undefined) return fallback;
      const value = Number(text);
      if (/^\d{1,9}$/.test(text) && value >= minimum) return value;
      throw new UsageError(`--${name} is "${text}"; it must be a whole number of at least ${minimum}.`);
    },
  };
}

/** What is wrong on the command line is wrong usage, whoever found it: a SecondpassError of `parse` as a UsageError. */
export function asUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (SecondpassError.isInstance(error)) throw new UsageError(error.message);
    throw error;
  }
}

/** The known name at most two edits away, if any. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((other) => ({ other, distance: edits(name.toLowerCase(), other.toLowerCase()) }));
  const best = distances.reduce((a, b) => (b.distance < a.distance ? b : a), { other: '', distance: Infinity });
  return best.distance <= Math.min(2, Math.floor(name.length / 2)) ? best.other : undefined;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

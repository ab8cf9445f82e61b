import { checkOptionNames } from '../../check.ts';
import { SecondpassError } from '../../errors.ts';

/** The judgments of one query: document id to grade. */
export type Grades = ReadonlyMap<string, number>;

/**
 * A number for one ranking of one query, given its judgments. Prints as its `name`, and `parseMeasure` reads that back.
 */
export interface Measure {
  /** As people write it: `nDCG@10`, `MRR(rel=2)@10`. Parameters at their defaults are left out. */
  readonly name: string;
  /** @param ranking document ids, best first, each once */
  score(ranking: readonly string[], grades: Grades): number;
}

/** How far two rankings agree, without judgments. */
export interface Agreement {
  readonly name: string;
  /** `undefined` where agreement has no meaning: nothing to compare. */
  agree(a: readonly string[], b: readonly string[]): number | undefined;
}

/** A name with its parameters, those at their defaults left out, and its cutoff: `RBP(p=0.5)@20`. */
export function printed(
  family: string,
  parameters: Readonly<Record<string, readonly [value: unknown, standard: unknown]>>,
  at?: number,
): string {
  const given = Object.entries(parameters).filter(([, [value, standard]]) => value !== standard);
  const inner = given.map(([name, [value]]) => `${name}=${String(value)}`).join(',');
  return `${family}${inner && `(${inner})`}${at === undefined ? '' : `@${at}`}`;
}

/** The ranking down to its cutoff. */
export function top(ranking: readonly string[], at: number | undefined): readonly string[] {
  return at === undefined ? ranking : ranking.slice(0, at);
}

/** How many judged documents are relevant, found or not. */
export function countRelevant(grades: Grades, rel: number): number {
  let count = 0;
  for (const grade of grades.values()) if (grade >= rel) count++;
  return count;
}

/** True if a document is judged at least `rel`. Unjudged is not relevant. */
export function isRelevant(id: string, grades: Grades, rel: number): boolean {
  return (grades.get(id) ?? 0) >= rel;
}

/** Refuses a cutoff that is no whole number of at least 1. */
export function checkCutoff(family: string, at: number | undefined): void {
  if (at === undefined || (Number.isInteger(at) && at >= 1)) return;
  throw new SecondpassError(
    'invalid-argument',
    `The cutoff of ${family} is ${at}; it must be a whole number of at least 1, as in ${family}@10.`,
  );
}

/** Refuses a parameter outside an open interval. */
export function checkParameter(
  family: string,
  name: string,
  value: number,
  above: number,
  below: number = Infinity,
): void {
  if (Number.isFinite(value) && value > above && value < below) return;
  const range = below === Infinity ? `above ${above}` : `between ${above} and ${below}`;
  throw new SecondpassError('invalid-argument', `${name} of ${family} is ${value}; it must be a number ${range}.`);
}

/** What the measures share that count relevant documents. */
export interface BinaryOptions {
  /** Ranking cutoff. Default: the whole list. */
  readonly at?: number | undefined;
  /** Lowest grade that is relevant, above 0. Default 1. In TREC deep-learning collections it is 2. */
  readonly rel?: number | undefined;
}

/**
 * Name and checked parameters of a measure that counts relevant documents.
 * @param known the options that it takes
 */
export function binary(
  family: string,
  options: BinaryOptions,
  known: readonly string[] = ['at', 'rel'],
): { readonly name: string; readonly at: number | undefined; readonly rel: number } {
  checkOptionNames(options, known, `${family}()`);
  const { at, rel = 1 } = options;
  checkCutoff(family, at);
  checkParameter(family, 'rel', rel, 0);
  return { name: printed(family, { rel: [rel, 1] }, at), at, rel };
}

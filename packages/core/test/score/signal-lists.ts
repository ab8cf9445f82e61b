import { type Candidate, type Scorer, signal } from '@secondpass/core';

export const column = (name: string): Scorer => signal(name);
export const listOf = (rows: readonly Record<string, number | undefined>[]): Candidate[] =>
  rows.map((row, index) => ({
    id: `d${index}`,
    content: `text ${index}`,
    signals: Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Record<
      string,
      number
    >,
  }));
export const scoresOf = async (scorer: Scorer, list: readonly Candidate[]) =>
  Array.from((await scorer.score('q', list)).value.scores);

/** To six decimals, so that two ways of summing compare; adding 0 makes one zero of both. */
export const rounded = (list: readonly (number | undefined)[]): (number | undefined)[] =>
  list.map((v) => (v === undefined ? undefined : Number(v.toFixed(6)) + 0));

import type { Note } from '@secondpass/core';
import type { Agreement, RankedRun } from '@secondpass/core/evaluate';
import { inTurn } from './in-turn.ts';

/** One run's agreement with the first: mean over the queries where it means anything. */
export interface AgreementWithFirst {
  readonly run: string;
  readonly measure: string;
  readonly value: number;
  readonly queries: number;
}

/** What one run has of agreement with the first, and a note on what it has not. */
export interface AgreementsOfRun {
  readonly agreements: readonly AgreementWithFirst[];
  readonly notes: readonly Note[];
}

/**
 * By every measure. Without a query that both have, or one that can be compared, there is no value, and a note says so.
 */
export async function agreementsOf(
  first: RankedRun,
  run: RankedRun,
  measures: readonly Agreement[],
  signal: AbortSignal,
): Promise<AgreementsOfRun> {
  const common = [...first.lists.keys()].filter((query) => run.lists.has(query));
  const agreements: AgreementWithFirst[] = [];
  const absent: string[] = [];
  for (const measure of measures) {
    const values = (await inTurn(common, signal, (query) => agree(measure, first, run, query) ?? [])).flat();
    if (values.length === 0) absent.push(measure.name);
    else agreements.push({ run: run.name, measure: measure.name, value: mean(values), queries: values.length });
  }
  if (absent.length === 0) return { agreements, notes: [] };
  const why =
    common.length === 0
      ? 'no query in common'
      : `none of the ${common.length} queries in common gives it anything to compare`;
  const message = `No agreement with "${first.name}" by ${absent.join(' and ')}: ${why}.`;
  return { agreements, notes: [{ code: 'no-overlap', by: run.name, message }] };
}

function agree(measure: Agreement, first: RankedRun, run: RankedRun, query: string): number | undefined {
  const [a, b] = [first, run].map(({ lists }) => lists.get(query)!.map(({ id }) => id));
  return measure.agree(a!, b!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

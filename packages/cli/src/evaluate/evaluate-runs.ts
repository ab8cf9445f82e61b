import { stat } from 'node:fs/promises';
import { type Note, SecondpassError } from '@secondpass/core';
import {
  type BootstrapOptions,
  checkGate,
  type Comparison,
  type Evaluation,
  evaluate,
  evaluateLists,
  type Gate,
  type GateResult,
  type Interval,
  isAgreement,
  parseAgreement,
  parseMeasure,
  type RankedRun,
  readQrels,
  readRun,
  streamTrecRun,
} from '@secondpass/core/evaluate';
import { agreementsOf, type AgreementWithFirst } from './agreement-with-first.ts';
import { inTurn } from './in-turn.ts';
import { nameRuns } from './name-runs.ts';
import { comparisonOf, intervalsOf } from './statistics-of-runs.ts';

/**
 * Runs larger than this are measured query by query and never held whole; agreement with the first run needs them
 * whole.
 */
const streamAbove = 256 * 1024 * 1024;

export interface EvaluateRequest {
  readonly qrels: string;
  readonly runs: readonly string[];
  /** Printed names; those of agreement (`RBO`, `KendallTau`) compare each run with the first. */
  readonly measures: readonly string[];
  readonly gates: readonly Gate[];
  readonly average: 'judged' | 'answered';
  readonly duplicates: 'throw' | 'keep-best';
  readonly conflicts: 'throw' | 'keep-last' | 'keep-highest';
  readonly statistics: BootstrapOptions;
  readonly signal: AbortSignal;
}

/** Everything `secondpass evaluate` has to say. */
export interface EvaluateReport {
  readonly judged: number;
  readonly evaluations: readonly Evaluation[];
  /** Run by run, measure by measure; absent for a single query. */
  readonly intervals: readonly Readonly<Record<string, Interval>>[];
  readonly comparisons: readonly Comparison[];
  readonly agreements: readonly AgreementWithFirst[];
  readonly gates: readonly GateResult[];
  readonly notes: readonly Note[];
}

/**
 * Reads, measures and compares. A signal stops it within the time of one statistic.
 * @throws the signal's reason
 */
export async function evaluateRuns(request: EvaluateRequest): Promise<EvaluateReport> {
  const { measures, gates, average, statistics, signal } = request;
  const agreements = [...new Set(measures.filter(isAgreement))].map(parseAgreement);
  const wanted = measures.filter((name) => !isAgreement(name)).map((name) => parseMeasure(name).name);
  const judged = [...new Set([...wanted, ...gates.map(({ measure }) => measure)])];
  const qrels = await readQrels(request.qrels, { conflicts: request.conflicts });
  if (qrels.size === 0) throw new SecondpassError('invalid-argument', `${request.qrels} holds no judgments.`);
  const names = nameRuns(request.runs);
  const evaluations: Evaluation[] = [];
  const whole: RankedRun[] = [];
  for (const [index, path] of request.runs.entries()) {
    signal.throwIfAborted();
    const name = names[index]!;
    const large = (await sizeOf(path)) > streamAbove && !/\.jsonl(?:\.gz)?$/i.test(path);
    if (large && agreements.length > 0) {
      throw new SecondpassError(
        'invalid-argument',
        `${path} is too large to compare with another run by ${agreements[0]!.name}; leave that measure out.`,
      );
    }
    if (large) {
      const lists = streamTrecRun(path, { duplicates: request.duplicates });
      evaluations.push(await evaluateLists(qrels, name, lists, judged, { average }));
    } else {
      const run = await readRun(path, { name, duplicates: request.duplicates });
      if (agreements.length > 0) whole.push(run);
      evaluations.push(evaluate(qrels, run, judged, { average }));
    }
  }
  const [first, ...others] = evaluations;
  const pairs = others.map((other) => [first!, other] as const);
  const checks = gates.flatMap((gate) => (pairs.length > 0 ? pairs : [evaluations]).map((runs) => ({ gate, runs })));
  const agreeing = await inTurn(whole.slice(1), signal, (run) => agreementsOf(whole[0]!, run, agreements, signal));
  const noted = evaluations.map((one, index) => {
    const { notes } = agreeing[index - 1] ?? { notes: [] };
    return { ...one, notes: [...one.notes, ...notes] };
  });
  return {
    judged: qrels.size,
    evaluations: noted,
    intervals: await inTurn(evaluations, signal, ({ perQuery }) => intervalsOf(perQuery, statistics, signal)),
    comparisons: await inTurn(pairs.length > 0 ? judged : [], signal, (measure) =>
      comparisonOf(pairs, measure, statistics, signal),
    ),
    agreements: agreeing.flatMap((one) => one.agreements),
    gates: (await inTurn(checks, signal, ({ gate, runs }) => checkGate(gate, runs, statistics))).flat(),
    notes: noted.flatMap(({ notes }) => notes),
  };
}

async function sizeOf(path: string): Promise<number> {
  // A file that is not there is reported by who reads it.
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

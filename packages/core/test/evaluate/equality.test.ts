// Equality with trec_eval (pytrec_eval), ir-measures, gdeval and scipy, on random runs made by test/golden/evaluate/make.py:
// stored ones always, fresh ones where a Python with ir-measures is found (SECONDPASS_PYTHON names one; default python3).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  evaluate,
  formatTrecRun,
  kendallTauB,
  parseAgreement,
  parseMeasure,
  parseTrecRun,
  qrelsOf,
  type RankedRun,
} from '@secondpass/core/evaluate';

type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>;
interface Case {
  readonly qrels: Scores;
  readonly run: Scores;
  readonly other: Scores;
  readonly expected: Readonly<Record<string, readonly number[]>>;
  readonly agreements: Readonly<Record<string, readonly (number | null)[]>>;
  readonly tauB: { readonly x: readonly number[]; readonly y: readonly number[]; readonly value: number | null };
}
interface Golden {
  readonly made: string;
  readonly cases: readonly Case[];
}

const folder = fileURLToPath(new URL('../../../../test/golden/evaluate/', import.meta.url));
const tolerance = 1e-9;

/** A run as a file would hold it: the reader, and not the test, puts it in order. */
function read(name: string, scores: Scores): RankedRun {
  const lines = Object.entries(scores).flatMap(([query, hits]) =>
    Object.entries(hits).map(([id, score]) => `${query} Q0 ${id} 1 ${score} ${name}`),
  );
  return parseTrecRun(lines, { name });
}

/** Compares every value and every mean, and prints how many there were and how far the farthest was off. */
function compare({ made, cases }: Golden): {
  readonly largest: number;
  readonly where: string;
  readonly values: number;
} {
  let largest = 0;
  let where = 'nowhere';
  let values = 0;
  const measures = new Set<string>();
  const check = (name: string, index: number, ours: number, theirs: number): void => {
    measures.add(name);
    values++;
    const off = Math.abs(ours - theirs);
    if (off <= largest) return;
    largest = off;
    where = `case ${index}, ${name}: ${ours} here, ${theirs} there`;
  };
  for (const [index, { qrels, run, other, expected, agreements, tauB }] of cases.entries()) {
    const names = Object.keys(expected);
    const { perQuery, means } = evaluate(qrelsOf(qrels), read('run', run), names);
    for (const name of names) {
      const theirs = expected[name]!;
      for (const [i, value] of theirs.entries()) check(name, index, perQuery[name]![i]!, value);
      check(name, index, means[name]!, theirs.reduce((sum, value) => sum + value, 0) / theirs.length);
    }
    const [a, b] = [read('run', run), read('other', other)];
    for (const [name, theirs] of Object.entries(agreements)) {
      for (const [i, query] of Object.keys(run).entries()) {
        const ids = (from: RankedRun): string[] => from.lists.get(query)!.map(({ id }) => id);
        const ours = parseAgreement(name).agree(ids(a), ids(b));
        expect(ours === undefined, `case ${index}, ${name}, query ${query}`).toBe(theirs[i] === null);
        check(name, index, ours ?? 0, theirs[i] ?? 0);
      }
    }
    const ours = kendallTauB(tauB.x, tauB.y);
    expect(ours === undefined).toBe(tauB.value === null);
    check('tau-b', index, ours ?? 0, tauB.value ?? 0);
  }
  const summary = `${cases.length} runs, ${measures.size} measures, ${values} values; largest difference ${largest.toExponential(1)} (${where})`;
  process.stdout.write(`Equality with the established tools (${made}):\n  ${summary}\n`);
  return { largest, where, values };
}

describe('equality with trec_eval, ir-measures, gdeval and scipy', () => {
  const golden = JSON.parse(readFileSync(`${folder}measures.json`, 'utf8')) as Golden;

  it(`holds to ${tolerance} on the stored runs`, () => {
    const { largest, where, values } = compare(golden);
    expect(values).toBeGreaterThan(5000);
    expect(largest, where).toBeLessThan(tolerance);
  });

  it('is measured on runs that have ties, unjudged documents, and queries missing on either side', () => {
    const seen = { ties: 0, narrow: 0, unjudged: 0, unanswered: 0, strangers: 0, negative: 0, hopeless: 0 };
    for (const { qrels, run } of golden.cases) {
      for (const [query, hits] of Object.entries(run)) {
        const scores = Object.values(hits);
        if (new Set(scores).size < scores.length) seen.ties++;
        if (new Set(scores.map(Math.fround)).size < new Set(scores).size) seen.narrow++;
        if (!qrels[query]) seen.strangers++;
        else if (Object.keys(hits).some((id) => qrels[query]![id] === undefined)) seen.unjudged++;
      }
      for (const [query, grades] of Object.entries(qrels)) {
        if (!run[query]) seen.unanswered++;
        if (Object.values(grades).some((grade) => grade < 0)) seen.negative++;
        if (Object.values(grades).every((grade) => grade <= 0)) seen.hopeless++;
      }
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5);
  });

  it('survives a write and a read of the runs', () => {
    for (const { qrels, run } of golden.cases) {
      const first = read('run', run);
      const names = ['nDCG@10', 'MAP', 'Bpref'];
      const again = parseTrecRun(formatTrecRun(first), { name: 'run' });
      expect(evaluate(qrelsOf(qrels), again, names)).toEqual(evaluate(qrelsOf(qrels), first, names));
    }
  });

  it('prints every measure as it is read', () => {
    const { expected, agreements } = golden.cases[0]!;
    for (const name of Object.keys(expected)) expect(parseMeasure(name).name).toBe(name);
    for (const name of Object.keys(agreements)) expect(parseAgreement(name).name).toBe(name);
  });

  const python = process.env['SECONDPASS_PYTHON'] ?? 'python3';
  const present = spawnSync(python, ['-c', 'import ir_measures, pytrec_eval, scipy']).status === 0;
  it.skipIf(!present)(`holds to ${tolerance} on fresh runs (needs Python with ir-measures: SECONDPASS_PYTHON)`, () => {
    const seed = String(Math.floor(Math.random() * 2 ** 31));
    const cases = process.env['SECONDPASS_EQUALITY_CASES'] ?? '20';
    const made = spawnSync(python, [`${folder}make.py`, '--seed', seed, '--cases', cases], {
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    });
    expect(made.status, made.stderr).toBe(0);
    const { largest, where } = compare(JSON.parse(made.stdout) as Golden);
    expect(largest, `seed ${seed}: ${where}`).toBeLessThan(tolerance);
  });
});

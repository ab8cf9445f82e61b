import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGate, compare, evaluate, parseGate, readQrels, readRun } from '@secondpass/core/evaluate';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateRuns, type EvaluateRequest } from '../../src/evaluate/evaluate-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-evaluate-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const queries = Array.from({ length: 40 }, (_, i) => `q${i}`);
const put = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(folder, name), lines.join('\n'));
  return join(folder, name);
};
const qrels = put(
  'qrels.txt',
  queries.map((query) => `${query} 0 good 1`),
);
/** A run in which the right document stands at a place that differs from query to query. */
const run = (name: string, step: number): string =>
  put(
    name,
    queries.flatMap((query, i) =>
      ['bad', 'worse', 'worst']
        .toSpliced((i * step) % 4, 0, 'good')
        .map((id, at) => `${query} Q0 ${id} ${at} ${-at} t`),
    ),
  );
const runs = [run('a.trec', 1), run('b.trec', 3), run('c.trec', 7)];

const gates = ['MRR>=+0.01', 'nDCG@10>=0.2'].map(parseGate);
const request: EvaluateRequest = {
  qrels,
  runs,
  measures: ['MRR', 'nDCG@10', 'RBO(p=0.9)'],
  gates,
  average: 'judged',
  duplicates: 'throw',
  conflicts: 'throw',
  statistics: { resamples: 200 },
  signal: new AbortController().signal,
};

/** A request that is told to stop while the `count`th statistic is at work. */
function stoppedAt(count: number): { readonly request: EvaluateRequest; readonly reads: () => number } {
  const controller = new AbortController();
  let reads = 0;
  const statistics = {
    get resamples() {
      if (++reads === count) setImmediate(() => controller.abort(new Error('enough')));
      return 100;
    },
  };
  return { request: { ...request, statistics, signal: controller.signal }, reads: () => reads };
}

describe('evaluateRuns', () => {
  it('compares and gates as the library does with all runs at once', async () => {
    const report = await evaluateRuns(request);
    const judged = await readQrels(qrels);
    const names = ['a', 'b', 'c'];
    const evaluations = await Promise.all(
      runs.map(async (path, i) => evaluate(judged, await readRun(path, { name: names[i] }), ['MRR', 'nDCG@10'])),
    );
    const { statistics } = request;
    expect(report.evaluations).toEqual(evaluations);
    expect(report.comparisons).toEqual(['MRR', 'nDCG@10'].map((measure) => compare(evaluations, measure, statistics)));
    expect(report.gates).toEqual(gates.flatMap((gate) => checkGate(gate, evaluations, statistics)));
    const alone = await evaluateRuns({ ...request, runs: runs.slice(0, 1), gates: gates.slice(1) });
    expect(alone.gates).toEqual(checkGate(gates[1]!, evaluations.slice(0, 1), statistics));
    expect(alone.comparisons).toEqual([]);
  });

  it('stops wherever it is told to, once the statistic at work is done', async () => {
    const undisturbed = stoppedAt(-1);
    await evaluateRuns(undisturbed.request);
    expect(undisturbed.reads()).toBeGreaterThan(10);
    for (let count = 1; count <= undisturbed.reads(); count++) {
      const stopped = stoppedAt(count);
      await expect(evaluateRuns(stopped.request), `at ${count}`).rejects.toThrow('enough');
      // A comparison takes the number for its interval and for its test.
      expect(stopped.reads()).toBeLessThanOrEqual(count + 1);
    }
  });
});

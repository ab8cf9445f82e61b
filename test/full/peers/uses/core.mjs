// What of the core leans on Node: the model in worker threads, files, timers and signals, disposal, and the laws as tests.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byScore, cascade, cut, decomposeByRules, inputOrder, withFallback, withTimeout } from '@secondpass/core';
import { evaluate, parseQrels, readTrecRun } from '@secondpass/core/evaluate';
import { loadCrossEncoder } from '@secondpass/core/models';
import { scriptedScorer, slowScorer, testReranker } from '@secondpass/core/testing';

const texts = ['Cats sleep most of the day.', 'Dune was written by Frank Herbert.', 'Sand moves with the wind.'];
const candidates = texts.map((content, index) => ({ id: `d${index}`, content }));
const model = await loadCrossEncoder(undefined, { workers: 2 });
const { results, runs } = await byScore(model).rerank('Who wrote Dune?', candidates);
assert.equal(results[0].candidate, candidates[1]);
assert.equal(runs[0].device, 'cpu');
await model.dispose();

const slow = withFallback(
  withTimeout(
    byScore(
      slowScorer(
        scriptedScorer(() => 1),
        5000,
      ),
    ),
    50,
  ),
  inputOrder,
);
const late = await slow.rerank('Who wrote Dune?', candidates);
assert.deepEqual(
  late.results.map(({ candidate }) => candidate.id),
  ['d0', 'd1', 'd2'],
);
assert.ok(late.notes.length > 0);
await assert.rejects(slow.rerank('q', candidates, { signal: AbortSignal.abort(new Error('enough')) }), /enough/);

const { value: parts } = await decomposeByRules().decompose('Who is older, Ada Lovelace or Charles Babbage?');
assert.equal(parts.length, 2);

const folder = mkdtempSync(join(tmpdir(), 'secondpass-uses-'));
writeFileSync(join(folder, 'run.trec'), 'q1 Q0 d1 1 2 t\nq1 Q0 d2 2 1 t\n');
const run = await readTrecRun(join(folder, 'run.trec'));
rmSync(folder, { recursive: true });
assert.equal(evaluate(parseQrels('q1 0 d2 1\n'), run, ['MRR']).means.MRR, 0.5);

// The laws: collected here instead of being handed to a test runner, so that one exit code tells all.
const laws = [];
testReranker('a cascade', cascade(cut(100), inputOrder), { test: (name, law) => laws.push([name, law]) });
assert.ok(laws.length > 5);
for (const [, law] of laws) await law();
console.log('ok');

import type { TuneReport } from '@secondpass/core/evaluate';
import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/print/style.ts';
import { printTune } from '../../src/tune/print-tune.ts';

describe('the tables of tune', () => {
  const name = '@secondpass/model-mini-en/default@0.1.0:int8';
  const row = (depth: number) => ({
    system: name,
    top: 5,
    depth,
    overlap: 0.757,
    rbo: 0.808,
    latency: { p50: 312, p95: 405 },
  });
  const report = {
    queries: { used: 9, available: 9 },
    depths: { measured: [5, 10], unavailable: [] },
    dropped: [],
    agreement: [row(5), row(10)],
    settled: { system: name, depth: 10, overlap: 1, top: 5 },
    notes: [],
    code: '',
  } as unknown as TuneReport;

  it.each([
    [100, `  ${name}      5 `],
    [80, `  ${name}\n        5 `],
  ])('fit %i columns', (columns, expected) => {
    const out = printTune(report, '', styleFor({ columns } as never, {}));
    expect(out).toContain(expected);
    const table = out.slice(out.indexOf('How much'), out.indexOf('No smaller')).trimEnd();
    expect(table.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });
});

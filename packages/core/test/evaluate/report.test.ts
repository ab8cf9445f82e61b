import { describe, expect, it } from 'vitest';
import { qrelsOf, runOf, tune, tuneReportPage, type TuneReport } from '@secondpass/core/evaluate';
import { rangeOf, ticks } from '../../src/evaluate/report/chart.ts';
import { gainChart, latencyChart, lineChart, scatterChart } from '../../src/evaluate/report/charts.ts';
import { movedTable } from '../../src/evaluate/report/tune-tables.ts';

const names = Array.from({ length: 12 }, (_, i) => `q${i}`);
const evil = '<script>alert("1")</script> & \'more\'';

async function report(withJudgments: boolean): Promise<TuneReport> {
  return tune({
    queries: new Map(names.map((query) => [query, 'question'])),
    first: runOf(
      'first',
      names.map((query) => [query, ['a', 'b', 'good', 'c', 'd', 'e']]),
    ),
    textOf: (id) => id,
    qrels: withJudgments ? qrelsOf(names.map((query) => [query, { good: 1 }])) : undefined,
    systems: [
      {
        name: evil,
        code: { load: 'await loadReranker()', scorer: 'model.scorer', imports: [] },
        scorer: {
          name: evil,
          kind: 'logit',
          pointwise: true,
          score: async (_query, all) => ({ value: { scores: all.map(({ id }) => (id === 'good' ? 1 : 0)) } }),
        },
      },
    ],
    depths: [2, 4, 6],
  });
}
const setting = { title: evil, environment: [['Node', evil]] as const, commands: [evil] };

/** Opening tags without their closing ones, or the other way round. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name, inside] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/gi)) {
    if (name === 'meta' || inside!.endsWith('/')) continue;
    if (!slash) open.push(name!);
    else if (open.pop() !== name) wrong.push(name!);
  }
  return [...wrong, ...open];
}

describe('the report page', () => {
  it.each([true, false])(
    'is whole, balanced and loads nothing, whatever names it holds (judgments: %s)',
    async (judged) => {
      const html = tuneReportPage(await report(judged), setting);
      expect(unbalanced(html)).toEqual([]);
      expect(html).not.toContain('<script');
      expect(html).not.toMatch(/\b(?:src|href|url)\s*[=(]/i);
      expect(html).toContain('&#60;script&#62;');
      expect(html).not.toMatch(/NaN|Infinity|undefined|null/);
      expect(html.match(/<svg /g)!.length).toBe(judged ? 4 : 1);
      expect(html).toContain("default-src 'none'");
    },
  );

  it('says the same in tables as in plots', async () => {
    const found = await report(true);
    const html = tuneReportPage(found, setting);
    for (const { quality } of found.settings) expect(html).toContain(`<td class="number">${quality.toFixed(4)}</td>`);
    expect(html).toContain(found.recommendation!.heldOut.quality.toFixed(4));
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
  });
});

describe('the report page where the first stage is chosen', () => {
  it('says why in the words of the recommendation, and does not call the best setting no better', async () => {
    const found = await report(true);
    const first = { setting: { depth: 0, blend: 0 }, name: 'first stage' };
    const recommendation = { ...found.recommendation!, ...first, candidate: first, reason: 'It is near enough.' };
    const html = tuneReportPage({ ...found, recommendation }, setting);
    expect(html).toContain('It is near enough.');
    expect(html).toContain('no query changes');
    expect(html).not.toContain('No setting is better');
  });
});

describe('the queries that moved most', () => {
  it('are ten on each side at most, the greatest first, and none that stayed', async () => {
    const gains = Array.from({ length: 31 }, (_, i) => ({ query: `q${i}`, gain: (i - 15) / 100, ms: 1 }));
    const { rows } = movedTable({ ...(await report(true)), gains });
    expect(rows).toHaveLength(11);
    expect(rows[1]).toEqual(['q30', '+0.1500', 'q0', '-0.1500']);
    expect(rows[10]).toEqual(['q21', '+0.0600', 'q9', '-0.0600']);
    const few = movedTable({ ...(await report(true)), gains: gains.slice(14, 18) });
    expect(few.rows.slice(1)).toEqual([
      ['q17', '+0.0200', 'q14', '-0.0100'],
      ['q16', '+0.0100', '', ''],
    ]);
  });
});

describe('charts', () => {
  it('have round ticks within their range', () => {
    expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0.31, 0.36)).toEqual([0.31, 0.32, 0.33, 0.34, 0.35, 0.36]);
    expect(ticks(-3, 140)).toEqual([0, 50, 100]);
    expect(ticks(5, 5)).toEqual([5]);
  });

  it('range over any number of values', () => {
    const [low, high] = rangeOf(Array.from({ length: 200_000 }, (_, i) => i % 101));
    expect([low, high]).toEqual([-5, 105]);
  });

  it('draw one mark per datum, inside the frame, also for a single or constant value', () => {
    const one = [{ name: 'a', x: 5, y: 0.5, onFront: true, chosen: true }];
    expect(scatterChart({ title: 't', xLabel: 'x', yLabel: 'y', points: one })).toContain('r="9"');
    const gains = gainChart({
      title: 't',
      yLabel: 'y',
      gains: [
        { query: 'a', gain: 0.5 },
        { query: 'b', gain: -0.5 },
        { query: 'c', gain: 0 },
      ],
    });
    expect(gains.match(/<rect /g)).toHaveLength(3);
    const heights = [...gains.matchAll(/height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(heights[0]).toBeCloseTo(heights[2]!, 5);
    const latency = latencyChart({ title: 't', ms: [7, 7, 7] });
    const lines = lineChart({
      title: 't',
      xLabel: 'x',
      yLabel: 'y',
      series: [
        {
          name: 's',
          points: [
            [10, 1],
            [50, 2],
          ],
        },
      ],
    });
    for (const svg of [gains, latency, lines]) {
      expect(svg).not.toMatch(/NaN|Infinity/);
      for (const [, value] of svg.matchAll(/\b(?:c?x|c?y)="(-?[\d.]+)"/g)) {
        expect(Number(value)).toBeGreaterThanOrEqual(0);
        expect(Number(value)).toBeLessThanOrEqual(720);
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { type ScoredQuery, tune } from '@secondpass/core/evaluate';
import type { MeasuredSetting } from '../../../src/evaluate/tune/measure-settings.ts';
import { recommend } from '../../../src/evaluate/tune/recommend.ts';
import { withinBudget } from '../../../src/evaluate/tune/within-budget.ts';
import { shuffled } from '../../../src/evaluate/tune/cross-validate.ts';
import { given, names, scorer, system } from './synthetic.ts';

const rows = Array.from({ length: 30 }, (_, i) => i);
const halves = [rows.filter((row) => row % 2 === 0), rows.filter((row) => row % 2 === 1)] as const;
const setting = (depth: number, value: number, ms: (row: number) => number): MeasuredSetting => ({
  setting: { ...(depth > 0 && { system: 'm' }), depth, blend: 0 },
  values: Float64Array.from(rows, (row) => value + (row % 3) / 100),
  ms: Float64Array.from(rows, ms),
});
const base = setting(0, 0.5, () => 0);
const quick = setting(10, 0.6, () => 20);
/** Quick enough on the half that chooses, not on the other. */
const uneven = setting(50, 0.9, (row) => (row % 2 === 0 ? 5 : 66));

describe('the time budget', () => {
  it('holds on both halves: a setting that breaks it on the half held out is not recommended', () => {
    const found = recommend([base, quick, uneven], ...halves, { measure: 'nDCG@10', budgetMs: 30 });
    expect([found.name, found.heldOutChoice]).toEqual(['m, depth 10', 'm, depth 10']);
    expect(found.reason).toMatch(/within 30 ms at the 95th percentile.* 20 ms at the 95th percentile\.$/);
    expect(recommend([base, quick, uneven], ...halves, { measure: 'nDCG@10', budgetMs: 66 }).name).toBe('m, depth 50');
  });

  it('that nothing keeps leaves the first stage, and it is said what the quickest takes', () => {
    const found = recommend([base, uneven], ...halves, { measure: 'nDCG@10', budgetMs: 30 });
    expect(found.name).toBe('first stage');
    expect(found.reason).toBe(
      'No setting is within 30 ms at the 95th percentile: the quickest (m, depth 50) takes 66 ms. Allow more, or try smaller depths or a faster model.',
    );
  });

  it('is looked at on every half and on all, and never shuts out the first stage', () => {
    expect(withinBudget([base, quick, uneven], halves, 30)).toEqual([base, quick]);
    expect(withinBudget([base, quick, uneven], halves, 10)).toEqual([base]);
    expect(withinBudget([base, quick, uneven], halves, undefined)).toEqual([base, quick, uneven]);
  });

  it('holds for what cross-validation chooses, too', async () => {
    // What takes 66 ms are the queries of the half held out: every second of the order in which they are taken.
    const slow = new Set(shuffled(names, 1).filter((_, place) => place % 2 === 1));
    const options = given([system('able', 0.9)], { depths: [20, 40], blends: [0], budgetMs: 30 });
    const known = new Map<string, ScoredQuery>();
    for (const [query, hits] of options.first.lists) {
      const { value } = await scorer('able', 0.9).score(
        query,
        hits.map(({ id }) => ({ id, content: id })),
      );
      const scores = Array.from(value.scores, (score) => score ?? null);
      known.set(query, { scores, stepMs: slow.has(query) ? [1, 65] : [1, 4] });
    }
    const store = { known: new Map([['able', known]]), append: async () => {} };
    const { recommendation, crossValidation } = await tune({ ...options, store });
    expect(recommendation!.heldOut.latency.p95).toBeLessThanOrEqual(30);
    expect(recommendation!.name).toBe('able, depth 20');
    expect(crossValidation!.chosen).toEqual([{ setting: 'able, depth 20', folds: 5 }]);
  });
});

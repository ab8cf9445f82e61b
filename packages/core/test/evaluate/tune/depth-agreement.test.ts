import { describe, expect, it } from 'vitest';
import type { Scorer } from '@secondpass/core';
import {
  agreementTable,
  runOf,
  type ScoredQuery,
  settledSentence,
  tune,
  type TuneReport,
  tuneReportPage,
} from '@secondpass/core/evaluate';
import { depthAgreement } from '../../../src/evaluate/tune/depth-agreement.ts';
import { given, names, scorer, system } from './synthetic.ts';

const without = (depths: readonly number[]) => tune(given([system('able', 0.9)], { qrels: undefined, depths }));

/** Keeps the order of the first stage. */
const falling: Scorer['score'] = async (_query, candidates) => ({
  value: { scores: candidates.map(({ id }) => -Number(id.split('-')[1])) },
});

/** The same with milliseconds that are known: so many for each step of depth. */
async function timed(stepMs: readonly number[], budgetMs: number): Promise<TuneReport> {
  const options = given([system('able', 0.9)], { qrels: undefined, depths: [1, 10, 40], budgetMs });
  const known = new Map<string, ScoredQuery>();
  for (const [query, hits] of options.first.lists) {
    const candidates = hits.map(({ id }) => ({ id, content: id }));
    const { value } = await scorer('able', 0.9).score(query, candidates);
    known.set(query, { scores: Array.from(value.scores, (score) => score ?? null), stepMs });
  }
  return await tune({ ...options, store: { known: new Map([['able', known]]), append: async () => {} } });
}

describe('how the top settles without judgments', () => {
  it('looks at a top smaller than the deepest depth, since the whole of a list is the same at any depth', async () => {
    const { agreement, code, settled } = await without([1, 10]);
    expect(agreement.map(({ depth, top }) => [depth, top])).toEqual([
      [1, 5],
      [10, 5],
    ]);
    expect(agreement[0]!.overlap).toBeLessThan(0.8);
    expect(agreement[1]).toMatchObject({ overlap: 1, rbo: expect.closeTo(1, 9) });
    expect(settled).toMatchObject({ depth: 10 });
    expect(code).toContain('window(byScore(scorer), 10)');
    expect((await without([10, 20, 40])).agreement[0]!.top).toBe(10);
    expect((await without([1])).agreement[0]!).toMatchObject({ top: 1, overlap: 1 });
  });

  it('takes no depth that is beyond the budget', async () => {
    const narrow = await timed([5, 20, 100], 30);
    expect(narrow.settled).toMatchObject({ depth: 10, latency: { p95: 25 } });
    expect(narrow.code).toContain('window(byScore(scorer), 10)');
    expect(settledSentence(narrow)).toMatch(
      /^No depth within the budget gives 95 % of the final top 10 \(of a shorter list: of its upper half\); the code takes able at depth 10, which gives \d+\.\d %\.$/,
    );
    const none = await timed([5, 20, 100], 4);
    expect(none.settled).toBeUndefined();
    expect(none.code).toContain('Keep the order of the first stage');
    const sentence =
      'No depth that was tried is within the budget: the quickest takes 5 ms at the 95th percentile. The code keeps the order of the first stage.';
    expect(settledSentence(none)).toBe(sentence);
    expect(tuneReportPage(none, { title: 't', environment: [], commands: [] })).toContain(sentence);
    expect((await timed([5, 20, 100], 125)).settled).toMatchObject({ depth: 40 });
  });

  it('looks at the upper half of a list that is shorter than that', () => {
    const hits = ['a', 'b', 'c', 'd'];
    const [shallow] = depthAgreement({
      first: runOf('first', { q: hits, long: Array.from({ length: 40 }, (_, i) => `l${i}`) }),
      pairs: new Map([['m', new Map([['q', { scores: [1, 2, 3, 4], stepMs: [1, 1] }]])]]),
      queries: ['q'],
      depths: [2, 40],
    });
    // Of b, a, c, d the upper half is b and a; of the whole it is d and c.
    expect(shallow).toMatchObject({ top: 10, overlap: 0, rbo: 0 });
  });

  it('says in the same words how much of what is compared, and which depth the code takes', async () => {
    const early = await without([1, 10]);
    expect(agreementTable(early)).toMatchObject({
      caption: 'How much of the final top 5 each depth already gives',
      rows: [['system', 'depth', 'same top 5', 'RBO@5', 'p50', 'p95'], expect.anything(), expect.anything()],
    });
    expect(settledSentence(early)).toBe(
      'No smaller depth gives 95 % of the final top 5 (of a shorter list: of its upper half); the code takes able at depth 10, the deepest that was tried.',
    );
    const page = tuneReportPage(early, { title: 't', environment: [], commands: [] });
    expect(page).toContain('Share of the top 5 at full depth');
    expect(page).toContain('the code takes able at depth 10');
    expect(page).not.toContain('top 10');
    expect(settledSentence(await without([5]))).toBe('Only depth 5 was tried; the code takes able at that depth.');
    const order = runOf(
      'first',
      names.map((query) => [query, Array.from({ length: 40 }, (_, i) => `${query}-${i}`)]),
    );
    const agreeing = { ...system('able', 1), scorer: { ...scorer('able', 1), score: falling } };
    const sure = await tune(given([agreeing], { qrels: undefined, first: order, depths: [5, 40] }));
    expect(settledSentence(sure)).toBe(
      'At depth 5 able already gives 100.0 % of the final top 10 (of a shorter list: of its upper half); the code takes that depth.',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/models/runtime/plan-batches.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 60 });
const budgets = fc.integer({ min: 1, max: 2000 });

/** The rule said slowly: of the longest that are left, as many as fit at the length of the longest. */
function oracle(values: readonly number[], budget: number): number[][] {
  const left = values.map((length, index) => ({ length, index }));
  const groups: number[][] = [];
  while (left.length > 0) {
    left.sort((a, b) => b.length - a.length || a.index - b.index);
    const rows = Math.max(1, Math.floor(budget / left[0]!.length));
    groups.push(left.splice(0, rows).map(({ index }) => index));
  }
  return groups;
}

describe('planBatches', () => {
  it('is the slow rule', () => {
    fc.assert(
      fc.property(lengths, budgets, (values, budget) => {
        expect(planBatches(values, budget)).toEqual(oracle(values, budget));
      }),
    );
  });

  it('takes every pair once, and pads no group beyond the budget unless it is a single pair', () => {
    fc.assert(
      fc.property(lengths, budgets, (values, budget) => {
        const groups = planBatches(values, budget);
        expect(groups.flat().sort((a, b) => a - b)).toEqual(values.map((_, index) => index));
        for (const group of groups) {
          const padded = group.length * Math.max(...group.map((index) => values[index]!));
          expect(group.length === 1 || padded <= budget).toBe(true);
        }
      }),
    );
  });

  it('puts each pair alone with a budget of 1, longest first', () => {
    expect(planBatches([3, 9, 5, 9], 1)).toEqual([[1], [3], [2], [0]]);
  });
});

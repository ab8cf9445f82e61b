import { describe, expect, it } from 'vitest';
import { qrelsOf, runOf } from '@secondpass/core/evaluate';
import type { MeasuredSetting } from '../../../src/evaluate/tune/measure-settings.ts';
import { findPitfalls } from '../../../src/evaluate/tune/pitfalls.ts';

const queries = ['q1', 'q2', 'q3', 'q4'];
const measured = (depth: number, values: readonly number[], ms: number): MeasuredSetting => ({
  setting: depth === 0 ? { depth, blend: 0 } : { system: 'able', depth, blend: 0 },
  values: Float64Array.from(values),
  ms: new Float64Array(queries.length).fill(ms),
});

describe('findPitfalls', () => {
  /** Of these settings, the first stage first, where every list holds one document. */
  const pitfalls = (settings: readonly MeasuredSetting[], chosen: MeasuredSetting) =>
    findPitfalls({
      settings,
      chosen,
      rows: [0, 1, 2, 3],
      queries,
      first: runOf(
        'first',
        queries.map((query) => [query, [{ id: 'd', score: 1 }]]),
      ),
      qrels: qrelsOf(queries.map((query) => [query, { d: 1 }])),
      depths: [10, 20, 50],
    });

  it('says beyond which depth milliseconds buy nothing', () => {
    const best = measured(20, [0.6, 0.5, 0.5, 0.5], 40);
    const [first, shallow] = [measured(0, [0.1, 0.1, 0.1, 0.1], 0), measured(10, [0.4, 0.4, 0.4, 0.4], 20)];
    // Lower in one query and higher in another: no loss that is certain, and no gain.
    const deep = measured(50, [0.5, 0.5, 0.55, 0.5], 100);
    expect(pitfalls([first, shallow, best, deep], best)).toMatchObject([
      {
        code: 'too-deep',
        message: 'able alone gains nothing beyond depth 20: depth 50 costs 60 ms more at the median for no gain.',
      },
    ]);
  });

  const notesOf = (...values: readonly [first: number, at10: number, at20: number]) => {
    const settings = values.map((value, at) => measured([0, 10, 20][at]!, [value, value, value, value], at * 30));
    return pitfalls(settings, settings[0]!).map(({ message }) => message);
  };

  it('calls a loss one that is certain and more than a setting may give up for speed', () => {
    expect(notesOf(0.4, 0.5, 0.49)[0]).toMatch(/gets worse with depth: 0\.010 lower at 20 than at 10/);
    expect(notesOf(0.4, 0.5, 0.4997)[0]).toMatch(/gains nothing beyond depth 10/);
    expect(notesOf(0.5, 0.49, 0.49)[0]).toMatch(/hurts here: even at its best depth \(10\) it is 0\.010 below/);
    expect(notesOf(0.5, 0.4997, 0.4997)).toEqual([expect.stringMatching(/gains nothing beyond depth 10/)]);
  });

  it('calls a depth too small if a deeper one is certainly better by more than may be given up for speed', () => {
    const notesAtDepth10 = (deeper: number) => {
      const [first, chosen, deep] = [0.4, 0.5, deeper].map((value, at) =>
        measured([0, 10, 20][at]!, [value, value, value, value], at * 30),
      );
      return pitfalls([first!, chosen!, deep!], chosen!).map(({ message }) => message);
    };
    expect(notesAtDepth10(0.51)).toEqual([expect.stringMatching(/Depth 10 is too small .* 20.* is 0\.010 better/)]);
    expect(notesAtDepth10(0.5003)).toEqual([]);
  });
});

describe('the deepest depth that was tried', () => {
  const settings = [measured(0, [0.1, 0.1, 0.1, 0.1], 0), measured(2, [0.6, 0.6, 0.6, 0.6], 40)];
  const noteFor = (length: number, depths: readonly number[]) =>
    findPitfalls({
      settings,
      chosen: settings[1]!,
      rows: [0, 1, 2, 3],
      queries,
      first: runOf(
        'first',
        queries.map((query) => [query, Array.from({ length }, (_, i) => `d${i}`)]),
      ),
      qrels: qrelsOf(queries.map((query) => [query, { d0: 1, d3: 1 }])),
      depths,
    });

  it('may be too small: the run goes on below it, or is to be made longer', () => {
    expect(noteFor(4, [2])).toMatchObject([
      {
        code: 'too-shallow',
        message:
          'The best depth is the deepest that was tried (2), and deeper ones might gain more: the reranker sees 50 % of the relevant documents at depth 2; the run holds 100 % within 4.',
      },
    ]);
    expect(noteFor(2, [2])).toMatchObject([
      {
        code: 'too-shallow',
        message:
          'The best depth is the deepest that was tried (2), and the whole run: a longer one might gain more. The reranker sees 50 % of the relevant documents.',
      },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { partialNotes } from '../../src/search/partial.ts';

const clusters = { total: 3, successful: 3, skipped: 0, running: 0, partial: 0, failed: 0 };
const whole = { total: 4, successful: 4, skipped: 1, failed: 0 };
const said = (body: object): string[] => partialNotes(body).map(({ code, message }) => `${code}: ${message}`);

describe('notes on an answer that is not whole', () => {
  it('are none where it is, or where nobody can tell', () => {
    for (const body of [{}, { _shards: whole }, { _shards: whole, _clusters: clusters }, { _shards: {} }]) {
      expect(said(body)).toEqual([]);
    }
    // As much of it as a `filter_path` may leave.
    expect(said({ _shards: { total: 4 }, _clusters: { total: 3 } })).toEqual([]);
  });

  it('count the shards that gave no answer, also where their number is all that came', () => {
    expect(said({ _shards: { ...whole, failed: 1, successful: 3 } })).toEqual([
      expect.stringMatching(/^shards-failed: 1 of 4 shard/u),
    ]);
    expect(said({ _shards: { ...whole, successful: 2 } })).toEqual([expect.stringMatching(/: 2 of 4 shard/u)]);
    expect(said({ _shards: { failed: 1 } })).toEqual([expect.stringMatching(/^shards-failed: 1 shard\(s\) gave/u)]);
  });

  it('count the clusters that gave no answer, or a part of one', () => {
    const skipped = { _shards: whole, _clusters: { ...clusters, total: 2, successful: 1, skipped: 1 } };
    expect(said(skipped)).toEqual([expect.stringMatching(/^clusters-failed: 1 of 2 cluster\(s\) gave no answer/u)]);
    const mixed = { _clusters: { ...clusters, successful: 0, skipped: 1, failed: 1, partial: 1 } };
    expect(said(mixed)).toEqual([
      expect.stringMatching(/: 2 of 3 cluster\(s\) gave no answer and 1 of 3 cluster\(s\) gave a part/u),
    ]);
    expect(said({ _clusters: { partial: 1 } })).toEqual([
      expect.stringMatching(/^clusters-failed: 1 cluster\(s\) gave a part of one/u),
    ]);
  });
});

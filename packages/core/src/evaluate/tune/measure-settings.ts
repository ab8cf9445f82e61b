import type { Measure } from '../measures/measure.ts';
import type { Qrels, RankedRun } from '../run.ts';
import { applySetting } from './apply-setting.ts';
import { millisecondsTo, type ScoredPairs } from './scored-pairs.ts';
import { firstStage, type Setting } from './setting.ts';

/** A setting and what it gave, query by query. */
export interface MeasuredSetting {
  readonly setting: Setting;
  /** The measure, one value per query. */
  readonly values: Float64Array;
  /** Milliseconds of reranking, one value per query. */
  readonly ms: Float64Array;
}

/** Every system at every depth with every blend, and the first stage as it is, first. No pair is scored here. */
export function measureSettings(given: {
  readonly first: RankedRun;
  readonly qrels: Qrels;
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly depths: readonly number[];
  readonly blends: readonly number[];
  readonly measure: Measure;
}): MeasuredSetting[] {
  const { first, qrels, pairs, queries, depths, blends, measure } = given;
  const settings: Setting[] = [
    firstStage,
    ...[...pairs.keys()].flatMap((system) =>
      depths.flatMap((depth) => blends.map((blend) => ({ system, depth, blend }))),
    ),
  ];
  return settings.map((setting) => {
    const scored = setting.system === undefined ? undefined : pairs.get(setting.system);
    const values = Float64Array.from(queries, (query) => {
      const hits = first.lists.get(query) ?? [];
      return measure.score(applySetting(hits, scored?.get(query)?.scores ?? [], setting), qrels.get(query)!);
    });
    const ms = Float64Array.from(queries, (query) => {
      const row = scored?.get(query);
      return row ? millisecondsTo(setting.depth, row, depths) : 0;
    });
    return { setting, values, ms };
  });
}

import type { Note } from '../../types.ts';
import { mean } from '../mean.ts';
import { Recall } from '../measures/recall.ts';
import type { Qrels, RankedRun } from '../run.ts';
import { bootstrapMean } from '../statistics/bootstrap.ts';
import { defaultTolerance, gainsOf, pick } from './choose.ts';
import { latencyOf } from './latency.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { settingName } from './setting.ts';
import { longestList } from './tune-inputs.ts';

/**
 * The three ways in which reranking commonly goes wrong, where the measurements show them: too few candidates, so that
 * relevant ones are never seen; too many, so that milliseconds buy nothing; a model away from its domain, so that its
 * order is worse than the one it was given.
 */
export function findPitfalls(given: {
  readonly settings: readonly MeasuredSetting[];
  readonly chosen: MeasuredSetting;
  readonly rows: readonly number[];
  readonly queries: readonly string[];
  readonly first: RankedRun;
  readonly qrels: Qrels;
  readonly depths: readonly number[];
}): Note[] {
  const { settings, rows } = given;
  const by = 'tune';
  const notes: Note[] = [];
  for (const system of new Set(settings.flatMap(({ setting }) => setting.system ?? []))) {
    const alone = settings.filter(({ setting }) => setting.system === system && setting.blend === 0);
    const shallow = alone[0]!;
    const deep = alone.at(-1)!;
    const best = alone.reduce((a, b) => (average(b, rows) > average(a, rows) ? b : a));
    const harm = certainLoss(best, settings[0]!, rows);
    if (harm) {
      const message = `${system} alone hurts here: even at its best depth (${best.setting.depth}) it is ${points(harm)} below the first stage. These texts are out of its domain; blend it with the first stage, or take another model.`;
      notes.push({ code: 'out-of-domain', by, message });
      continue;
    }
    const decline = certainLoss(deep, best, rows);
    if (decline) {
      const message = `${system} alone gets worse with depth: ${points(decline)} lower at ${deep.setting.depth} than at ${best.setting.depth}. Deep candidates mislead it.`;
      notes.push({ code: 'too-deep', by, message });
    } else if (deep !== shallow && deep !== best) {
      const slower = latencyOf(pick(deep.ms, rows)).p50 - latencyOf(pick(best.ms, rows)).p50;
      if (slower > 0) {
        const message = `${system} alone gains nothing beyond depth ${best.setting.depth}: depth ${deep.setting.depth} costs ${slower.toFixed(0)} ms more at the median for no gain.`;
        notes.push({ code: 'too-deep', by, message });
      }
    }
  }
  return [...notes, ...tooShallow(given)];
}

/**
 * Relevant documents that the chosen depth never shows to the reranker, and deeper settings that are certainly better.
 */
function tooShallow({
  settings,
  chosen,
  rows,
  queries,
  first,
  qrels,
  depths,
}: Parameters<typeof findPitfalls>[0]): Note[] {
  const { system, depth, blend } = chosen.setting;
  if (system === undefined) return [];
  const recallAt = (at: number): number =>
    mean(
      rows.map((row) =>
        Recall({ at }).score(
          (first.lists.get(queries[row]!) ?? []).map(({ id }) => id),
          qrels.get(queries[row]!)!,
        ),
      ),
    );
  const longest = longestList(first);
  const [seen, reachable] = [recallAt(depth), recallAt(longest)];
  const deeper = settings.filter(
    ({ setting }) => setting.system === system && setting.blend === blend && setting.depth > depth,
  );
  const share = `the reranker sees ${percent(seen)} of the relevant documents at depth ${depth}; the run holds ${percent(reachable)} within ${longest}`;
  for (const other of deeper) {
    const gain = certainLoss(chosen, other, rows);
    if (gain === undefined) continue;
    const message = `Depth ${depth} is too small for quality alone: ${settingName(other.setting)} is ${points(gain)} better; ${share}. It is chosen for its speed.`;
    return [{ code: 'too-shallow', by: 'tune', message }];
  }
  if (depth === depths.at(-1)) {
    const begin = `The best depth is the deepest that was tried (${depth}), and`;
    const message =
      depth < longest
        ? `${begin} deeper ones might gain more: ${share}.`
        : `${begin} the whole run: a longer one might gain more. The reranker sees ${percent(seen)} of the relevant documents.`;
    return [{ code: 'too-shallow', by: 'tune', message }];
  }
  return [];
}

/** How far one setting is below another, if that is certain and more than may be given up for speed. */
function certainLoss(one: MeasuredSetting, other: MeasuredSetting, rows: readonly number[]): number | undefined {
  const losses = gainsOf(other, one, rows);
  const interval = bootstrapMean(losses, { resamples: 1000 });
  return interval && interval.low > 0 && mean(losses) > defaultTolerance ? mean(losses) : undefined;
}

function average({ values }: MeasuredSetting, rows: readonly number[]): number {
  return mean(pick(values, rows));
}

function points(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

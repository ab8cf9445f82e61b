import { seededRandom } from '../../maths/random.ts';
import { choose, gainsOf, type ChooseOptions } from './choose.ts';
import { gainOf, type Gain } from './gain.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { settingName } from './setting.ts';

/** What choosing by these queries gains on queries that it has not seen: every query counts with the setting that was chosen without it. */
export interface CrossValidation extends Gain {
  readonly folds: number;
  /** What was chosen, and in how many folds. */
  readonly chosen: readonly { readonly setting: string; readonly folds: number }[];
}

/** Chooses on all folds but one and measures on that one, in turn. `undefined` with fewer queries than folds. */
export function crossValidate(
  settings: readonly MeasuredSetting[],
  rows: readonly number[],
  options: ChooseOptions & { readonly folds?: number | undefined; readonly seed?: number | undefined } = {},
): CrossValidation | undefined {
  const { folds = 5, seed = 1 } = options;
  if (rows.length < folds) return undefined;
  const order = shuffled(rows, seed);
  const gains: number[] = [];
  const times = new Map<string, number>();
  for (let fold = 0; fold < folds; fold++) {
    const held = order.filter((_, index) => index % folds === fold);
    const { chosen } = choose(
      settings,
      order.filter((_, index) => index % folds !== fold),
      options,
    );
    for (const gain of gainsOf(chosen, settings[0]!, held)) gains.push(gain);
    const name = settingName(chosen.setting);
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return {
    folds,
    ...gainOf(gains, { resamples: 1000, seed }),
    chosen: [...times].map(([setting, count]) => ({ setting, folds: count })).sort((a, b) => b.folds - a.folds),
  };
}

/** The same things in an order that only the seed decides (Fisher and Yates). */
export function shuffled<T>(things: readonly T[], seed: number): T[] {
  const out = [...things];
  const random = seededRandom(seed);
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

import { choose } from './choose.ts';
import { type HalfResult, resultOn } from './half-result.ts';
import type { MeasuredSetting } from './measure-settings.ts';
import { isProof } from './gain.ts';
import { nothingWithin, reasonFor, type ReasonOptions } from './recommendation-reason.ts';
import { settingName, type Setting } from './setting.ts';
import { withinBudget } from './within-budget.ts';

/** One setting, chosen on one half of the queries and held against the other. */
export interface Recommendation {
  /** What to use: the candidate if its gain holds, else the first stage. */
  readonly setting: Setting;
  readonly name: string;
  readonly reason: string;
  /** The fastest setting near the best one, as the choosing half has it; both halves below are about it. */
  readonly candidate: { readonly setting: Setting; readonly name: string };
  /** The half it was chosen on: optimistic, since it was chosen for being good there. */
  readonly choosing: HalfResult;
  /** The half it has never seen. */
  readonly heldOut: HalfResult;
  /** What the held-out half would have chosen. The same, or near it, where there are queries enough. */
  readonly heldOutChoice: string;
}

/**
 * Chooses a candidate on one half and holds it against the other. It is recommended if it gains on the half it has not
 * seen, and if that is certain (`isProof`) either there or, over all queries, in
 * cross-validation, which must not lose in any case: one half may be lucky. The half it was chosen on proves nothing:
 * among many settings one looks good by chance. A time budget holds on both halves.
 */
export function recommend(
  settings: readonly MeasuredSetting[],
  choosing: readonly number[],
  heldOut: readonly number[],
  options: ReasonOptions,
): Recommendation {
  const { budgetMs, crossValidation } = options;
  const halves = [choosing, heldOut];
  const affordable = withinBudget(settings, halves, budgetMs);
  const choice = choose(affordable, choosing, options);
  const { candidate } = choice;
  const base = settings[0]!;
  const here = resultOn(candidate, base, choosing);
  const there = resultOn(candidate, base, heldOut);
  const isCertain = isProof(there) || isProof(crossValidation);
  const isContradicted = crossValidation !== undefined && crossValidation.gain < 0;
  const holds = candidate !== base && there.gain > 0 && isCertain && !isContradicted;
  const isTooSlow = budgetMs !== undefined && affordable.length === 1 && settings.length > 1;
  const { setting } = holds ? candidate : base;
  return {
    setting,
    name: settingName(setting),
    reason: isTooSlow
      ? nothingWithin(budgetMs, settings, halves)
      : reasonFor(choice, base, [here, there], holds, options),
    candidate: { setting: candidate.setting, name: settingName(candidate.setting) },
    choosing: here,
    heldOut: there,
    heldOutChoice: settingName(choose(affordable, heldOut, options).candidate.setting),
  };
}

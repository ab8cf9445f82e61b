import type { SubQuestion } from '../../search-types.ts';
import { folded } from '../distinct-parts.ts';
import type { Answers } from './answers.ts';
import { type Step, theFollowUp, theQuestion, type Trail } from './trail.ts';
import { withGuesses } from './with-guesses.ts';

/** A query that is yet to be asked: its pools are told apart by `label`. */
export interface Query extends Step {
  readonly label: string;
  readonly weight: number;
}

/** The queries that say something and were not asked yet, each wording once. */
export function unasked(steps: readonly Query[], trail: Pick<Trail<never>, 'wasAsked'>): readonly Query[] {
  const first = new Map<string, Query>();
  for (const step of steps) {
    const key = folded(step.text);
    if (key !== '' && !trail.wasAsked(key) && !first.has(key)) first.set(key, step);
  }
  return [...first.values()];
}

/** As many queries as there is room for: the first of each part, then the second of each. Their order stays. */
export function inTurn(steps: readonly Query[], room: number): readonly Query[] {
  const turns = new Map<Query, number>();
  const taken = new Map<number, number>();
  for (const step of steps) {
    turns.set(step, taken.get(step.index) ?? 0);
    taken.set(step.index, turns.get(step)! + 1);
  }
  const chosen = new Set(steps.toSorted((a, b) => turns.get(a)! - turns.get(b)!).slice(0, Math.max(0, room)));
  return steps.filter((step) => chosen.has(step));
}

/** The parts that were not asked yet, and need only parts that were. */
export function readyParts(trail: Pick<Trail<never>, 'has'>, parts: readonly SubQuestion[]): readonly number[] {
  return [...parts.keys()].filter(
    (index) => !trail.has(index) && (parts[index]!.needs ?? []).every((need) => trail.has(need)),
  );
}

/** A part in each wording that the answers to what it needs give. */
export async function stepsFor(
  index: number,
  { text, needs = [], weight = 1 }: SubQuestion,
  answers: Answers,
): Promise<Query[]> {
  const known = await Promise.all(needs.map((need) => answers.guesses(need)));
  return withGuesses(text, needs, known).map((wording, at) => ({
    ...wording,
    index,
    group: text,
    label: `#${index + 1}.${at + 1}`,
    weight,
  }));
}

/** The question once more, with each name that its best passages lead to. */
export async function followUps(whole: string, answers: Answers): Promise<Query[]> {
  const guesses = await answers.guesses(theQuestion);
  return guesses.map(({ text, because }, at) => ({
    text: `${whole} ${text}`,
    because,
    index: theFollowUp,
    group: `${whole} …`,
    label: `+${at + 1}`,
    weight: 1,
  }));
}

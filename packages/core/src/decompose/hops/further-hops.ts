import type { SubQuestion } from '../../search-types.ts';
import type { Candidate } from '../../types.ts';
import type { Asker } from '../ask.ts';
import type { Answers } from './answers.ts';
import { followUps, inTurn, readyParts, stepsFor, unasked } from './queries.ts';
import type { Reader } from './reader.ts';
import { theFollowUp, theQuestion, type Trail } from './trail.ts';

/** One search, between its hops. */
export interface Search<C extends Candidate> {
  /** The question as the user asked it. */
  readonly whole: string;
  readonly parts: readonly SubQuestion[];
  readonly trail: Trail<C>;
  readonly answers: Answers;
  readonly reader: Reader<C>;
  readonly asker: Asker<C>;
}

export interface Budget {
  readonly hops: number;
  readonly maxQueries: number;
  /** The probability at which the best passage for each part ends the search. */
  readonly enough: number | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
}

/** Goes on until every part was asked and the question followed, a hop finds nothing new, or the budget is spent. */
export async function furtherHops<C extends Candidate>(search: Search<C>, budget: Budget): Promise<void> {
  const { hops, enough, deadline = Infinity } = budget;
  for (let hop = 1; hop <= hops && Date.now() < deadline; hop++) {
    if (enough !== undefined && (await suffices(search, enough))) return;
    const news = await oneHop(search, { first: hop === 1, room: budget.maxQueries - search.trail.asked });
    if (news === 0) return;
  }
}

/** @returns how many candidates nobody had found before */
async function oneHop<C extends Candidate>(
  { whole, parts, trail, answers, asker }: Search<C>,
  { first, room }: { readonly first: boolean; readonly room: number },
): Promise<number> {
  const ready = readyParts(trail, parts);
  const steps = (await Promise.all(ready.map((index) => stepsFor(index, parts[index]!, answers)))).flat();
  if (first) steps.push(...(await followUps(whole, answers)));
  const within = inTurn(unasked(steps, trail), room);
  const found = await Promise.all(within.map(({ text, label, weight }) => asker.ask(text, label, weight)));
  let news = 0;
  for (const [at, step] of within.entries()) news += trail.add(step, found[at]!);
  for (const step of steps) if (step.index !== theFollowUp) trail.share(step);
  // A part that the budget left no query for stays open.
  const left = new Set(unasked(steps, trail).map(({ index }) => index));
  for (const index of ready) if (!left.has(index)) trail.close(index);
  return news;
}

/** Every part, or without parts the question, has a passage that is likely enough to answer it. */
async function suffices<C extends Candidate>({ trail, parts, reader }: Search<C>, enough: number): Promise<boolean> {
  for (const index of parts.length === 0 ? [theQuestion] : parts.keys()) {
    let best = 0;
    for (const { question, candidates } of trail.found(index)) {
      best = Math.max(best, (await reader.evidence(question!, candidates)) ?? 0);
    }
    if (best < enough) return false;
  }
  return true;
}

import { textOf } from '../content.ts';
import type { Pool } from '../fusion/pool.ts';
import type { Retriever, SubQuestion } from '../search-types.ts';
import type { CallOptions, Candidate, Content, Note, Run } from '../types.ts';
import { askerOf } from './ask.ts';
import { answerPart, type Answerer } from './answer-part.ts';
import { checkGather, type GatherOptions } from './gather-options.ts';
import { distinctParts, folded } from './distinct-parts.ts';
import { failureNotes, nothingAnswered } from './failure-notes.ts';
import { fillNeeds } from './fill-needs.ts';

export interface Gathered<C extends Candidate = Candidate> {
  /** One per question and retriever: the original's first, then part by part. Empty where the retriever failed. */
  readonly pools: readonly Pool<C>[];
  /** The parts that stayed after duplicates and limits. */
  readonly parts: readonly SubQuestion[];
  /** The text that each part was asked with; `undefined` for one that was not asked. */
  readonly asked: readonly (string | undefined)[];
  /** What the answerer said to each part; `undefined` where it did not know, or was not asked. */
  readonly answers: readonly (string | undefined)[];
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
}

/** A question as it was put to the retrievers. */
interface Query<C extends Candidate> {
  readonly text: string;
  readonly pools: Promise<readonly Pool<C>[]>;
  answer?: Promise<string | undefined>;
}

/**
 * Asks every retriever the question and each of its parts, all at once, under one signal and one deadline.
 *
 * The original question is always asked. What a retriever would have found that throws or does not answer in time is
 * missing, with a `retriever-failed` note; the rest goes on.
 * @param retrievers as for `decomposed`
 * @throws SecondpassError `invalid-argument` for an empty question, what is no part, retriever or answerer, and an
 *   option that is unknown or out of its range; `failed` (or `timed-out`, if that is what all did) when no retrieval at
 *   all succeeded; the signal's reason when the caller aborts
 */
export async function gather<C extends Candidate>(
  question: Content,
  parts: readonly SubQuestion[],
  retrievers: Retriever<C> | readonly Retriever<C>[],
  options?: GatherOptions,
): Promise<Gathered<C>> {
  const all: readonly Retriever<C>[] = isList(retrievers) ? retrievers : [retrievers];
  checkGather(question, all, options);
  const {
    depthPerPart = 50,
    maxQueries = 8,
    timeoutMs = 30_000,
    answerer,
    answerParts = 'needed',
    weights = {},
  } = options ?? {};
  const chosen = distinctParts(textOf(question), parts, maxQueries - 1, 'gather');
  const notes: Note[] = [...chosen.notes];
  const report = { notes, runs: [] as Run[] };
  const down: CallOptions = { signal: options?.signal, deadline: options?.deadline, onEvent: options?.onEvent };

  const asker = askerOf(all, { depth: depthPerPart, timeoutMs, weights }, down);
  const original = asker.ask(question, '', options?.questionWeight ?? 1);
  /** By wording, folded: parts that come to ask the same are one query. */
  const queries = new Map<string, Query<C>>([[folded(textOf(question)), { text: textOf(question), pools: original }]]);
  const queryOf: Promise<Query<C> | undefined>[] = [];
  const answers: Promise<string | undefined>[] = [];
  for (const [index, part] of chosen.parts.entries()) {
    const ask = async (): Promise<Query<C> | undefined> => {
      const text = await wordingOf(part, answers, {
        waits: answerer !== undefined,
        deadline: options?.deadline,
        notes,
      });
      if (text === undefined) return undefined;
      const same = queries.get(folded(text)) ?? { text, pools: asker.ask(text, `#${index + 1}`, part.weight ?? 1) };
      queries.set(folded(text), same);
      await same.pools;
      return same;
    };
    const query = ask();
    queryOf.push(query);
    const isNeeded = answerParts === 'all' || chosen.parts.some((other) => other.needs?.includes(index));
    const answer = async (answering: Answerer): Promise<string | undefined> => {
      const asked = await query;
      if (!asked) return undefined;
      const candidates = (await asked.pools).flatMap((pool) => pool.candidates);
      asked.answer ??= answerPart(answering, asked.text, candidates, down, timeoutMs, report);
      return await asked.answer;
    };
    answers.push(answerer && isNeeded ? answer(answerer) : Promise.resolve(undefined));
  }

  // Settled, so that an abort leaves no rejection behind that nobody waits for.
  const settled = await Promise.allSettled([original, ...queryOf, ...answers]);
  const rejected = settled.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
  const asked = await Promise.all(queryOf);
  const pools = [original, ...new Set(asked.flatMap((query) => (query && query.pools !== original ? [query.pools] : [])))]; // prettier-ignore
  if (asker.runs.length === 0) throw nothingAnswered(asker.failures);
  return {
    pools: (await Promise.all(pools)).flat(),
    parts: chosen.parts,
    asked: asked.map((query) => query?.text),
    answers: await Promise.all(answers),
    notes: [...notes, ...failureNotes(asker.failures, queries.size)],
    runs: [...asker.runs, ...report.runs],
  };
}

/**
 * The text that a part is asked with, once the answers that it needs are there, if it `waits` for any. `undefined`, with a
 * note, where it is not asked: too late, or nothing is left of it.
 */
async function wordingOf(
  { text, needs = [] }: SubQuestion,
  answers: readonly Promise<string | undefined>[],
  call: { readonly waits: boolean; readonly deadline: number | undefined; readonly notes: Note[] },
): Promise<string | undefined> {
  const { waits, deadline = Infinity, notes } = call;
  const known = new Map<number, string>();
  for (const need of waits ? needs : []) {
    const answer = await answers[need];
    if (answer !== undefined) known.set(need, answer);
  }
  const drop = (message: string): undefined => void notes.push({ code: 'part-dropped', by: 'gather', message });
  const quoted = JSON.stringify(text);
  if (waits && needs.length > 0 && Date.now() >= deadline)
    return drop(`The deadline passed before ${quoted} could be asked.`);
  const filled = fillNeeds(text, needs, known);
  if (folded(filled) === '') return drop(`${quoted} asks nothing without the answer it stands for, and was not asked.`);
  return filled;
}

function isList<C extends Candidate>(
  retrievers: Retriever<C> | readonly Retriever<C>[],
): retrievers is readonly Retriever<C>[] {
  return Array.isArray(retrievers);
}

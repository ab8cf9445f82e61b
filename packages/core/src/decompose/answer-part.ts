import type { Answer, CallOptions, Candidate, Note, Run } from '../types.ts';
import { bounded } from './bounded.ts';
import { messageOf } from './failure-notes.ts';

/** Answers one sub-question from what was found for it, so that the next hop can be asked. `undefined`: could not say. */
export interface Answerer {
  readonly name: string;
  answer(
    question: string,
    candidates: readonly Candidate[],
    options?: CallOptions,
  ): Promise<Answer<string | undefined>>;
}

/**
 * The answer, if the answerer has one. That it fails, takes too long or knows nothing is an `unanswered` note.
 * @param report where notes and runs go
 * @throws only the caller's own abort
 */
export async function answerPart(
  answerer: Answerer,
  question: string,
  candidates: readonly Candidate[],
  call: CallOptions,
  timeoutMs: number,
  report: { readonly notes: Note[]; readonly runs: Run[] },
): Promise<string | undefined> {
  if (candidates.length === 0) return undefined;
  const asked = JSON.stringify(question);
  try {
    const { value, notes, run } = await bounded(
      `Answerer "${answerer.name}"`,
      (inner) => answerer.answer(question, candidates, inner),
      call,
      timeoutMs,
    );
    report.notes.push(...(notes ?? []));
    if (run) report.runs.push(run);
    const answer = value?.trim();
    if (answer) return answer;
    const message = `No answer to ${asked} was found; what needs it goes on without.`;
    report.notes.push({ code: 'unanswered', by: answerer.name, message });
  } catch (cause) {
    call.signal?.throwIfAborted();
    const message = `Answering ${asked} failed (${messageOf(cause)}); what needs it goes on without.`;
    report.notes.push({ code: 'unanswered', by: answerer.name, message, cause });
  }
  return undefined;
}

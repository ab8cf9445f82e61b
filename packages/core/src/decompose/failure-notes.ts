import { SecondpassError } from '../errors.ts';
import type { Note } from '../types.ts';

export interface Failure {
  readonly retriever: string;
  readonly cause: unknown;
}

/** One note per retriever that failed, with how often and the first cause. */
export function failureNotes(failures: readonly Failure[], asked: number): Note[] {
  return [...new Set(failures.map(({ retriever }) => retriever))].map((retriever) => {
    const own = failures.filter((failure) => failure.retriever === retriever);
    const message = `Retriever "${retriever}" failed for ${own.length} of ${asked} question(s): ${messageOf(own[0]!.cause)}`;
    return { code: 'retriever-failed', by: retriever, message, cause: own[0]!.cause };
  });
}

/** The error for when every retrieval failed: there is nothing to degrade to. */
export function nothingAnswered(failures: readonly Failure[]): SecondpassError {
  const late = failures.every(({ cause }) => SecondpassError.isInstance(cause) && cause.code === 'timed-out');
  const names = [...new Set(failures.map(({ retriever }) => `"${retriever}"`))].join(', ');
  return new SecondpassError(
    late ? 'timed-out' : 'failed',
    `No retrieval succeeded (${names}): ${messageOf(failures[0]?.cause)}`,
    { cause: failures[0]?.cause },
  );
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

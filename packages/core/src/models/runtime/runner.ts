import { SecondpassError } from '../../errors.ts';
import type { Batch, Output } from './batch.ts';

/** One loaded copy of a model that runs one batch after another. */
export interface Runner {
  /** False once it cannot run anything any more. */
  readonly alive: boolean;
  run(batch: Batch): Promise<Output>;
  close(): Promise<void>;
}

const lost = new WeakSet<object>();

/** The error of a batch whose worker died under it. It says nothing about the batch: another worker may try it. */
export function workerLost(cause: unknown): SecondpassError {
  const error = new SecondpassError(
    'failed',
    `An inference worker ended while it had work: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, retryable: true },
  );
  lost.add(error);
  return error;
}

export function isWorkerLost(error: unknown): boolean {
  return typeof error === 'object' && error !== null && lost.has(error);
}

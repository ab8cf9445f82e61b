import type { ErrorCode } from '../../errors.ts';
import type { Batch, Output } from './batch.ts';
import type { SessionSettings } from './onnx-session.ts';
import type { RuntimeGate } from './runtime-gate.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly settings: SessionSettings;
  readonly gate: RuntimeGate;
}

/** What a worker is sent: work, or the wish that it ends. */
export type ToWorker = { readonly id: number; readonly batch: Batch } | 'close';

/** What it sends back. Errors travel as plain data; the other side makes them errors again. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly error: SentError }
  | { readonly type: 'done'; readonly id: number; readonly output: Output }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError };

export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
}

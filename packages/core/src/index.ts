// The table of contents of @secondpass/core. Nothing here loads native code; models are in `@secondpass/core/models`.
export type * from './types.ts';
export { SecondpassError, type ErrorCode } from './errors.ts';

// One verb, and functions that keep it.
export { byScore } from './rerank/by-score.ts';
export { cascade } from './rerank/cascade.ts';
export { cut } from './rerank/cut.ts';
export { inputOrder } from './rerank/input-order.ts';
export { window } from './rerank/window.ts';

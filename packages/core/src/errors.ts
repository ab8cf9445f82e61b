/**
 * The one error class. Misuse and failures throw it; anything that merely made a ranking less than what was asked for
 * is a `Note` in the result instead.
 *
 *   invalid-argument    the call is wrong: a bad option, a duplicate where none may be, an empty query
 *   invalid-score       a scorer answered something that is no score: NaN, the wrong number of scores
 *   unknown-model       no folder, package or hub model of that name
 *   not-cached          a hub model that is not on this machine, and offline mode is on
 *   invalid-model       a model was found and cannot be used: no tokenizer, no classifier head, a broken file
 *   missing-dependency  an optional package is needed and not installed; the message has the install line
 *   device-unavailable  the required device cannot run the model
 *   overloaded          a bounded queue is full: try later or raise the bound
 *   timed-out           the deadline passed and nothing could be returned
 *   disposed            used after `dispose()`
 *   failed              a part we called failed; see `cause`
 */
export type ErrorCode =
  | 'invalid-argument'
  | 'invalid-score'
  | 'unknown-model'
  | 'not-cached'
  | 'invalid-model'
  | 'missing-dependency'
  | 'device-unavailable'
  | 'overloaded'
  | 'timed-out'
  | 'disposed'
  | 'failed';

const marker: unique symbol = Symbol.for('secondpass.error') as never;

/** Carries a `code`, a message with the fact, the value and the way out, and often a `cause`. */
export class SecondpassError extends Error {
  override readonly name: string = 'SecondpassError';
  readonly code: ErrorCode;
  /** True if the same call may succeed later without any change. */
  readonly retryable: boolean;

  /** How long the refusing side asked us to wait, in milliseconds (an HTTP `Retry-After`), where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly retryable?: boolean | undefined;
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? (code === 'overloaded' || code === 'timed-out');
    this.retryAfterMs = options.retryAfterMs;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Like `instanceof`, and also true for an error made by another installed copy of this package. */
  static isInstance(error: unknown): error is SecondpassError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker] === true;
  }
}

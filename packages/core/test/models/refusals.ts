import { expect } from 'vitest';
import { SecondpassError, type ErrorCode } from '../../src/errors.ts';

/** The error that a piece of work ends with, which must be one of ours. */
export async function refused(work: Promise<unknown>): Promise<SecondpassError> {
  const error: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(SecondpassError.isInstance(error), String(error)).toBe(true);
  return error as SecondpassError;
}

/** Expects an error with that code, whose message holds each of the parts. */
export async function expectRefusal(work: Promise<unknown>, code: ErrorCode, ...parts: string[]): Promise<void> {
  const error = await refused(work);
  expect(error.code).toBe(code);
  for (const part of parts) expect(error.message).toContain(part);
}

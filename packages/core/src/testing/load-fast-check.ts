import type * as FastCheckModule from 'fast-check';
import { SecondpassError } from '../errors.ts';

export type FastCheck = typeof FastCheckModule;

/** fast-check is an optional peer: it is needed where laws are run, and nowhere else. */
export async function loadFastCheck(): Promise<FastCheck> {
  try {
    return await import('fast-check');
  } catch (cause) {
    const way = 'npm install --save-dev fast-check (pnpm add -D …, yarn add -D …)';
    throw new SecondpassError('missing-dependency', `The laws are run with fast-check 3.15 or newer: ${way}.`, {
      cause,
    });
  }
}

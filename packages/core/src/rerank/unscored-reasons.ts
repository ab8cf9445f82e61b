import type { Note } from '../types.ts';

/** Notes that say why a candidate has no score. Others name candidates for other reasons: truncated, repeated ids. */
export const unscoredReasons: ReadonlySet<Note['code']> = new Set([
  'unscored',
  'timed-out',
  'empty-text',
  'unsupported-content',
  'malformed-answer',
  'worker-lost',
]);

// For adapters whose users say by a function what of a thing of theirs is read.
import { SecondpassError } from './errors.ts';
import type { Candidate, Content, Reranker } from './types.ts';

/** What was read of a thing. Where its text cannot be read: no text, and the error that a rerank of it meets. */
export interface ReadText {
  readonly content: Content;
  readonly unread?: SecondpassError;
}

/**
 * Calls a `text` function. Nothing (`undefined`, `null`) is an empty text. A function that throws is `failed`, what is
 * no text is `invalid-argument`; neither is thrown here, so that a fallback may see it.
 * @param which names the thing that is read: `document 2 (id "b")`
 */
export function readText(read: () => unknown, which: string): ReadText {
  try {
    const text = read() ?? '';
    // Parts, as a candidate's content has them, are a list.
    if (typeof text === 'string' || Array.isArray(text)) return { content: text as Content };
    const message = `text() gave ${typeof text === 'object' ? 'an object' : `a ${typeof text}`} for ${which}; it must give text.`;
    return { content: '', unread: new SecondpassError('invalid-argument', message) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `text() failed for ${which}: ${why}. Let it give '' where there is no text.`;
    return { content: '', unread: new SecondpassError('failed', message, { cause }) };
  }
}

/** The reranker, which fails where the text of a candidate could not be read. */
export function refusingUnread(
  reranker: Reranker,
  unreadOf: (candidate: Candidate) => SecondpassError | undefined,
): Reranker {
  return {
    name: reranker.name,
    async rerank(query, candidates, options) {
      for (const candidate of candidates) {
        const unread = unreadOf(candidate);
        if (unread) throw unread;
      }
      return await reranker.rerank(query, candidates, options);
    },
  };
}

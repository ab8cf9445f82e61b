import { SecondpassError, type Candidate, type Reranker } from '@secondpass/core';

/** What was read of a document. Where its text cannot be read: no text, and the error that a rerank of it meets. */
export interface ReadText {
  readonly content: string;
  readonly unread?: SecondpassError;
}

/**
 * Calls a `text` function. Nothing (`undefined`, `null`) is an empty text. A function that throws is `failed`, what
 * is no text is `invalid-argument`; neither is thrown here, so that a fallback may see it.
 * @param which names the document: `document 2`
 */
export function readText(read: () => unknown, which: string): ReadText {
  try {
    const text = read() ?? '';
    // Parts, as the core takes them, are a list.
    if (typeof text === 'string' || Array.isArray(text)) return { content: text as string };
    const message = `text() gave a ${typeof text} for ${which}; it must give a string.`;
    return { content: '', unread: new SecondpassError('invalid-argument', message) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `text() failed for ${which}: ${why}. Let it give '' where a document lacks what it reads.`;
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
      return reranker.rerank(query, candidates, options);
    },
  };
}

import type { MessageContent } from '@llamaindex/core/llms';
import type { QueryType } from '@llamaindex/core/query-engine';
import { isBlank, SecondpassError } from '@secondpass/core';

/** The text of a query: itself, or its text parts. Images and sound contribute nothing. */
export function queryText(query: MessageContent | QueryType): string {
  if (typeof query === 'string') return query;
  if (!Array.isArray(query)) return queryText(query.query);
  return query
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

/**
 * Why no node can be compared with a query: it has no text. That is no wrong call, since it comes about in the
 * framework: a chat engine takes a message of pictures alone, and hands on its text.
 */
export function wordless(query: MessageContent | QueryType): SecondpassError | undefined {
  if (!isBlank(queryText(query))) return undefined;
  const content = typeof query === 'string' || Array.isArray(query) ? query : query.query;
  const parts = typeof content === 'string' ? [] : content.map(({ type }) => type).filter((type) => type !== 'text');
  const only = parts.length > 0 ? `, only ${[...new Set(parts)].join(', ')}` : '';
  return new SecondpassError('failed', `The query has no text${only}; nodes are compared with its text.`);
}

import type { MessageContent } from '@llamaindex/core/llms';
import type { QueryType } from '@llamaindex/core/query-engine';

/** The text of a query: itself, or its text parts. Images and sound contribute nothing. */
export function queryText(query: MessageContent | QueryType): string {
  if (typeof query === 'string') return query;
  if (!Array.isArray(query)) return queryText(query.query);
  return query
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

import { SecondpassError } from '@secondpass/core';
import type { SearchParams } from '../client/search-client.ts';

/**
 * Refuses what cannot be had together with reranking, each with the reason and the way out.
 * @throws SecondpassError `invalid-argument`
 */
export function refuse(params: SearchParams, transport: { readonly asStream?: unknown } | undefined): void {
  if (params['scroll'] !== undefined) {
    throw misuse(
      'A scroll cannot be reranked: it hands out the whole index in an order that is fixed before any page is seen. ' +
        'Page with from and size, or with search_after under a point in time.',
    );
  }
  if (transport?.asStream) {
    throw misuse('asStream cannot be had with rerank: hits must be read to be reranked. Leave one of both out.');
  }
  const first = firstSort(params['sort']);
  if (first !== undefined && first !== '_score:desc') {
    throw misuse(
      `The search sorts by ${first.replace(':', ', ')}, so its order is no matter of relevance, which rerank would replace. ` +
        'Leave out sort or rerank; to let a date or a number count, give it as a signal and blend it.',
    );
  }
}

/** The first sort key as `field:order`; `undefined` for the default order. */
function firstSort(sort: unknown): string | undefined {
  const [first] = typeof sort === 'string' ? sort.split(',') : [sort].flat();
  if (first === undefined || first === null || first === '') return undefined;
  if (typeof first === 'string') {
    const [field = '', order = field === '_score' ? 'desc' : 'asc'] = first.trim().split(':');
    return `${field}:${order}`;
  }
  const [field = '', rule] = Object.entries(first as Record<string, unknown>)[0] ?? [];
  const order = typeof rule === 'string' ? rule : (rule as { order?: unknown } | null)?.order;
  return `${field}:${String(order ?? (field === '_score' ? 'desc' : 'asc'))}`;
}

function misuse(message: string): SecondpassError {
  return new SecondpassError('invalid-argument', message);
}

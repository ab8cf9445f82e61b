import type { Client, estypes } from '@elastic/elasticsearch';
import { byScore } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { RerankingClient } from '@secondpass/elasticsearch';
import { readQueries, type Query } from './corpus.ts';
import type { Context } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

export const reranker: Reranker = byScore(lexical);

export const match = (text: string): estypes.QueryDslQueryContainer => ({
  multi_match: { query: text, fields: ['title', 'body'] },
});
export const ids = (response: { hits: { hits: { _id?: string }[] } }): (string | undefined)[] =>
  response.hits.hits.map(({ _id }) => _id);

/** What tests of searches need of a server that is up. */
export function searching({ client, docs }: Context): {
  client: RerankingClient<Client>;
  queries: Query[];
  question: string;
} {
  const queries = readQueries(docs, 30);
  return {
    client: createRerankingClient(client, { reranker, text: ['title', 'body'] }),
    queries,
    question: queries[0]!.text,
  };
}

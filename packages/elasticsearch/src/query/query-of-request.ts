import { isBlank, SecondpassError } from '@secondpass/core';
import type { SearchParams } from '../client/search-client.ts';
import { plainQueryString } from './plain-query-string.ts';
import { plainSimpleQueryString } from './plain-simple-query-string.ts';

type Node = Readonly<Record<string, unknown>>;

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Queries of the form `{ match: { field: 'text' } }` or `{ match: { field: { query: 'text' } } }`. */
const perField = words('match match_phrase match_phrase_prefix match_bool_prefix text_expansion');
/** Queries with the text under `query`. */
const withQuery = words('multi_match combined_fields semantic sparse_vector');
/** Queries with the text under `query`, in a syntax of its own: how its words are read. */
const withSyntax = new Map([
  ['query_string', plainQueryString],
  ['simple_query_string', plainSimpleQueryString],
]);
/** Queries and retrievers that hold others. */
const parents = words(
  'bool dis_max boosting nested function_score script_score has_child has_parent pinned rule ' +
    'standard rrf linear rescorer text_similarity_reranker diversify',
);
/** Where they hold those that count for the score: not in filters, not in `must_not`. */
const children = words('query queries must should positive organic retriever retrievers');

/**
 * The text that a search asks for, taken from its `query`, `q`, `knn` and `retriever`: full-text queries, query strings
 * (without their syntax), the text that a query vector is built from; inside compound queries wherever they score.
 * `undefined` if there is none, as in a search by vector alone.
 * @throws SecondpassError `invalid-argument` if the request asks for several different texts
 */
export function queryOfRequest(request: SearchParams): string | undefined {
  const body = typeof request['body'] === 'object' && request['body'] !== null ? (request['body'] as Node) : {};
  const { q, query, knn, retriever } = { ...body, ...request } as Node;
  const found = new Map<string, string>();
  for (const text of [
    ...strings(q).flatMap((text) => plainQueryString(text) ?? []),
    ...texts(query),
    ...vectorTexts(knn),
    ...texts(retriever),
  ]) {
    const clean = text.trim();
    if (!isBlank(clean)) found.set(clean.toLowerCase().replace(/\s+/gu, ' '), clean);
  }
  const different = [...found.values()];
  if (different.length > 1) {
    throw new SecondpassError(
      'invalid-argument',
      `The search asks for ${different.length} different texts (${different.map((text) => JSON.stringify(text)).join(', ')}): ` +
        'say in rerank.query which question the reranker should answer.',
    );
  }
  return different[0];
}

function texts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (!isNode(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    if (perField.has(name)) return fieldTexts(value);
    if (withQuery.has(name)) return strings(isNode(value) && value['query']);
    const plain = withSyntax.get(name);
    if (plain) return strings(isNode(value) && value['query']).flatMap((text) => plain(text) ?? []);
    if (name === 'knn') return vectorTexts(value);
    if (name === 'text_similarity_reranker' && isNode(value)) {
      return [...strings(value['inference_text']), ...texts(value['retriever'])];
    }
    return parents.has(name) ? childTexts(value) : [];
  });
}

function childTexts(node: unknown): string[] {
  if (!isNode(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    if (!children.has(name)) return [];
    // In the short form of rrf and linear, `query` is the text itself.
    if (typeof value === 'string') return name === 'query' ? [value] : [];
    // The parts of linear stand one level deeper: { retriever, weight }.
    return [value].flat().flatMap((inner) => {
      const part = isNode(inner) && isNode(inner['retriever']) ? inner['retriever'] : inner;
      return texts(part);
    });
  });
}

function fieldTexts(value: unknown): string[] {
  if (!isNode(value)) return [];
  return Object.values(value).flatMap((inner) =>
    strings(isNode(inner) ? (inner['query'] ?? inner['model_text']) : inner),
  );
}

/** The text that a model on the cluster makes the query vector of. */
function vectorTexts(knn: unknown): string[] {
  return [knn].flat().flatMap((one) => {
    if (!isNode(one) || !isNode(one['query_vector_builder'])) return [];
    const builder = one['query_vector_builder']['text_embedding'];
    return strings(isNode(builder) && builder['model_text']);
  });
}

function strings(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

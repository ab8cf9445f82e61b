// The systems that are compared, each a function from a query of the collection to an order and a pool.
import {
  byScore,
  coverQuestions,
  decomposeByRules,
  decomposed,
  interleave,
  reciprocalRank,
  rerankByParts,
  searchByHops,
} from '@secondpass/core';

const given = (name, parts) => ({ name, decompose: async () => ({ value: parts ?? [] }) });
const nothing = given('none', []);

/**
 * @param scorer a cross-encoder, or undefined: then the rows that rerank are left out
 * @param rerankDepth how many candidates each system hands to it
 */
export function systems(retriever, { scorer, rerankDepth, depth, combine }) {
  const rules = decomposeByRules();
  const options = { depthPerPart: depth };
  const cut = { ...options, poolLimit: rerankDepth };
  const cover = coverQuestions({ within: interleave() });
  const byParts = scorer && rerankByParts(scorer, { combine });
  const plain = scorer && byScore(scorer);
  const fixed = (searcher) => () => searcher;
  const gold = (kind, reranker, limits) => (query) =>
    query[kind] && decomposed(retriever, given(`gold ${kind}`, query[kind]), cover, reranker, limits);
  const rows = [
    ['BM25', fixed(decomposed(retriever, nothing, cover, undefined, options))],
    ['BM25 + rerank', scorer && fixed(decomposed(retriever, nothing, cover, plain, cut))],
    ['rules, by RRF', fixed(decomposed(retriever, rules, reciprocalRank(), undefined, options))],
    ['rules', fixed(decomposed(retriever, rules, cover, undefined, options))],
    ['rules + rerank', scorer && fixed(decomposed(retriever, rules, cover, plain, cut))],
    ['rules + rerank by parts', scorer && fixed(decomposed(retriever, rules, cover, byParts, cut))],
    ['hops', fixed(searchByHops(retriever, rules, cover, undefined, options))],
    ['hops + rerank', scorer && fixed(searchByHops(retriever, rules, cover, plain, cut))],
    ['hops + rerank by parts', scorer && fixed(searchByHops(retriever, rules, cover, byParts, cut))],
    ['gold sub-questions', gold('parts', undefined, options)],
    ['gold sub-questions + rerank by parts', scorer && gold('parts', byParts, cut)],
    [
      'gold sub-questions, hops',
      (query) => query.parts && searchByHops(retriever, given('gold parts', query.parts), cover, undefined, options),
    ],
    ['gold sub-questions and answers', gold('filled', undefined, options)],
    ['gold sub-questions and answers + rerank by parts', scorer && gold('filled', byParts, cut)],
  ];
  return rows.filter(([, searcherFor]) => searcherFor);
}

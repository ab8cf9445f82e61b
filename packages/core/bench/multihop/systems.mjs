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
 * @param scorer a pointwise scorer, or undefined: then the rows that rerank are left out
 * @param rerankDepth how many candidates each system hands to it
 */
export function systems(retriever, { scorer, rerankDepth, depth, combine, questionWeight, firstStage, enough }) {
  const rules = decomposeByRules();
  const options = { depthPerPart: depth };
  const cut = { ...options, poolLimit: rerankDepth };
  const read = { ...cut, scorer, enough };
  const cover = coverQuestions({ within: interleave() });
  const byParts = scorer && rerankByParts(scorer, { combine, questionWeight, firstStage });
  const plain = scorer && byScore(scorer);
  const fixed = (searcher) => () => searcher;
  /** A row that is given the sub-questions, and the answers to those that another one needs, or to all. */
  const gold = (search, reranker, limits, answerParts) => (query) => {
    if (!query.parts || (answerParts && !query.answers)) return undefined;
    const answerer = { name: 'gold', answer: async (question) => ({ value: query.answers(question) }) };
    const steps = given('gold', query.parts);
    return search(retriever, steps, cover, reranker, answerParts ? { ...limits, answerer, answerParts } : limits);
  };
  const rows = [
    ['BM25', fixed(decomposed(retriever, nothing, cover, undefined, options))],
    ['BM25 + rerank', scorer && fixed(decomposed(retriever, nothing, cover, plain, cut))],
    ['rules by RRF', fixed(decomposed(retriever, rules, reciprocalRank(), undefined, options))],
    ['rules', fixed(decomposed(retriever, rules, cover, undefined, options))],
    ['rules + rerank', scorer && fixed(decomposed(retriever, rules, cover, plain, cut))],
    ['rules + rerank by parts', scorer && fixed(decomposed(retriever, rules, cover, byParts, cut))],
    ['hops', fixed(searchByHops(retriever, rules, cover, undefined, options))],
    ['hops + rerank', scorer && fixed(searchByHops(retriever, rules, cover, plain, read))],
    ['hops + rerank by parts', scorer && fixed(searchByHops(retriever, rules, cover, byParts, read))],
    ['gold sub-questions', gold(decomposed, undefined, options)],
    ['gold sub-questions + rerank by parts', scorer && gold(decomposed, byParts, cut)],
    ['gold sub-questions + hops', gold(searchByHops, undefined, options)],
    ['gold sub-questions + hops + rerank by parts', scorer && gold(searchByHops, byParts, read)],
    ['gold sub-questions and answers', gold(decomposed, undefined, options, 'needed')],
    ['gold sub-questions and answers + rerank by parts', scorer && gold(decomposed, byParts, cut, 'needed')],
    ['gold sub-questions and all answers + rerank by parts', scorer && gold(decomposed, byParts, cut, 'all')],
  ];
  return rows.filter(([, searcherFor]) => searcherFor);
}

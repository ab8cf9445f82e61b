import { binary, countRelevant, isRelevant, top, type BinaryOptions, type Measure } from './measure.ts';

/**
 * Full support: 1 if every relevant document is found down to the cutoff, else 0. For multi-hop questions, which cannot
 * be answered from a part of their evidence: that is `Recall` = 1, question by question. 0 if nothing is relevant.
 *
 * Called "all" or "path" exact match over supporting paragraphs in work on HotpotQA (Yang et al., EMNLP 2018) and
 * MuSiQue (Trivedi et al., TACL 2022).
 */
export function FullSupport(options: BinaryOptions = {}): Measure {
  const { name, at, rel } = binary('FullSupport', options);
  return {
    name,
    score(ranking, grades) {
      const found = top(ranking, at).filter((id) => isRelevant(id, grades, rel)).length;
      return found > 0 && found === countRelevant(grades, rel) ? 1 : 0;
    },
  };
}

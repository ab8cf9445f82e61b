import { decomposeByRules } from '@secondpass/core';

const rules = decomposeByRules();

/** The parts of a question by the rules of English, each with the numbers of the parts that it needs: `Who is #1? [0]`. */
export const split = async (question: string): Promise<string[]> =>
  (await rules.decompose(question)).value.map(({ text, needs }) => (needs ? `${text} [${needs.join()}]` : text));

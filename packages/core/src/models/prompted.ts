import type { PairClassifier } from './pair-classifier.ts';
import type { Prompt } from './files/prompt.ts';

/** The same model with query and texts put into its prompt. What stands around them is the tokenizer's business. */
export function prompted(model: PairClassifier, prompt: Prompt, instruction?: string): PairClassifier {
  const told = instruction ?? prompt.instruction;
  const asked = (query: string): string =>
    told === undefined
      ? fill(prompt.queryAlone ?? prompt.query, { instruction: '', query })
      : fill(prompt.query, { instruction: told, query });
  return {
    ...model,
    classify: (query, texts, options) =>
      model.classify(
        asked(query),
        texts.map((document) => fill(prompt.document, { document })),
        options,
      ),
  };
}

/** Puts values at their marks in one pass, so that a value that looks like a mark stays what it is. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (mark, name: string) => values[name] ?? mark);
}

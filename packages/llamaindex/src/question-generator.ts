import type { ToolMetadata } from '@llamaindex/core/llms';
import type { QueryType } from '@llamaindex/core/query-engine';
import { checkOptionNames, checkRole, decomposeByRules, SecondpassError, tell } from '@secondpass/core';
import type { Decomposer, Note, Reranker } from '@secondpass/core';
import { queryText } from './query-text.ts';

export interface QuestionGeneratorOptions {
  /** Splits the question. Default: `decomposeByRules()`, for English. */
  readonly decomposer?: Decomposer | undefined;
  /** Picks the tool for each part, by the tools' descriptions. Default: none, every tool is asked every part. */
  readonly reranker?: Reranker | undefined;
  /** Told of every note. What it throws or rejects with is ignored. */
  readonly onNote?: ((note: Note) => void) | undefined;
}

/** What `SubQuestionQueryEngine` takes as `questionGen`. */
export interface QuestionGenerator {
  generate(tools: readonly ToolMetadata[], query: QueryType): Promise<{ subQuestion: string; toolName: string }[]>;
}

/**
 * Splits questions for the framework's `SubQuestionQueryEngine` without asking a language model. A question that has no
 * parts, or whose decomposition fails, is asked as it is.
 *
 * @throws SecondpassError `invalid-argument` for an unknown option, or a piece in the place of another; from `generate`
 *   where there is no tool
 * @example
 * SubQuestionQueryEngine.fromDefaults({ queryEngineTools, questionGen: questionGenerator() });
 */
export function questionGenerator(options: QuestionGeneratorOptions = {}): QuestionGenerator {
  checkOptionNames(options, ['decomposer', 'reranker', 'onNote'], 'questionGenerator()');
  const { decomposer = decomposeByRules(), reranker } = options;
  checkRole(decomposer, 'decompose', 'questionGenerator()');
  if (reranker !== undefined) checkRole(reranker, 'rerank', 'questionGenerator()');
  const tellAll = (notes: readonly Note[]): void => {
    for (const note of notes) tell(options.onNote, note);
  };
  return {
    async generate(tools, query) {
      if (tools.length === 0)
        throw new SecondpassError('invalid-argument', 'There is no tool to ask; pass queryEngineTools.');
      const question = queryText(query);
      const parts = await split(decomposer, question, tellAll);
      const asked = parts.map(async (subQuestion) => {
        const chosen = await toolsFor(tools, subQuestion, reranker, tellAll);
        return chosen.map(({ name }) => ({ subQuestion, toolName: name }));
      });
      return (await Promise.all(asked)).flat();
    },
  };
}

type TellAll = (notes: readonly Note[]) => void;

/** The distinct parts of a question, or the question itself. */
async function split(decomposer: Decomposer, question: string, tellAll: TellAll): Promise<string[]> {
  try {
    const { value, notes = [] } = await decomposer.decompose(question);
    tellAll(notes);
    // A part that needs the answer of another ("#1") cannot be asked by itself here: the whole question stands in for
    // it.
    const texts = value
      .map(({ text, needs = [] }) => (needs.length > 0 ? question : text.trim()))
      .filter((text) => text !== '');
    const distinct = new Map(texts.map((text) => [text.toLowerCase(), text]));
    return distinct.size === 0 ? [question] : [...distinct.values()];
  } catch (cause) {
    const message = `Decomposition failed (${cause instanceof Error ? cause.message : String(cause)}); the question is asked as it is.`;
    tellAll([{ code: 'fell-back', by: decomposer.name, message, cause }]);
    return [question];
  }
}

/** The tool whose description answers best; all of them where nobody can say. */
async function toolsFor(
  tools: readonly ToolMetadata[],
  question: string,
  reranker: Reranker | undefined,
  tellAll: TellAll,
): Promise<readonly ToolMetadata[]> {
  if (!reranker || tools.length === 1) return tools;
  const candidates = tools.map(({ name, description }) => ({ id: name, content: `${name}: ${description}` }));
  try {
    const { results, notes } = await reranker.rerank(question, candidates, { topK: 1 });
    tellAll(notes);
    const best = results[0]?.score && tools[results[0].originalIndex];
    return best ? [best] : tools;
  } catch (cause) {
    const message = `Choosing a tool failed (${cause instanceof Error ? cause.message : String(cause)}); every tool is asked.`;
    tellAll([{ code: 'fell-back', by: reranker.name, message, cause }]);
    return tools;
  }
}

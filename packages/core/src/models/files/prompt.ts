import { SecondpassError } from '../../errors.ts';
import type { JsonObject } from './model-config.ts';
import prompts from './prompts.json' with { type: 'json' };

/**
 * What a language model is asked about a pair: it reads `before`, the query's part, the document's part and `after`, each
 * tokenised for itself, and the logits of the two answers as the next token are its labels. prompts.json has the known ones.
 */
export interface Prompt {
  readonly before: string;
  /** With `{instruction}` and `{query}`. */
  readonly query: string;
  /** With `{query}`, where there is no instruction. */
  readonly queryAlone?: string;
  /** With `{document}`. */
  readonly document: string;
  readonly after: string;
  /** Stands where the caller gives none. */
  readonly instruction?: string;
  /** Single tokens: the word for "not relevant", the word for "relevant". */
  readonly answers: readonly [no: string, yes: string];
  /** Most of the room between `before` and `after` that the query may take; the document has the rest. */
  readonly queryShare: number;
  /** Tokens of all together, by the authors' default. */
  readonly maxLength: number;
}

export const knownPrompts: Readonly<Record<string, Prompt>> = prompts as never;

/** Which prompt a language model of a family was trained with as a reranker. */
const byArchitecture: ReadonlyMap<string, string> = new Map([
  ['Qwen3ForCausalLM', 'qwen3-reranker'],
  ['Qwen2ForCausalLM', 'mxbai-rerank-v2'],
]);

/**
 * The prompt of a model, or `undefined` for a plain classifier: the one that its config.json names under
 * `secondpass.prompt`, else the one of `known` (the catalogue's), else its architecture's.
 * @throws SecondpassError `invalid-model` if config.json names one that is not known
 */
export function promptOf(config: JsonObject, known: string | undefined): Prompt | undefined {
  const own = (config['secondpass'] as JsonObject | undefined)?.['prompt'];
  const [architecture] = Array.isArray(config['architectures']) ? (config['architectures'] as unknown[]) : [];
  const ofArchitecture = typeof architecture === 'string' ? byArchitecture.get(architecture) : undefined;
  const name = own ?? known ?? ofArchitecture;
  if (name === undefined) return undefined;
  if (typeof name === 'string' && Object.hasOwn(knownPrompts, name)) return knownPrompts[name];
  const names = Object.keys(knownPrompts).join(', ');
  throw new SecondpassError(
    'invalid-model',
    `The model's config.json names the prompt ${JSON.stringify(name)}; known: ${names}.`,
  );
}

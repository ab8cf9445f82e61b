import type { LLM, MessageContent } from '@llamaindex/core/llms';
import { checkOptionNames, onAbort, SecondpassError, untilAborted } from '@secondpass/core';
import type { Answer, CallOptions, Content, LanguageModel, Part } from '@secondpass/core';
import { queryText } from './query-text.ts';

type Generated = Awaited<ReturnType<LanguageModel['generate']>>['value'];

export interface LanguageModelOptions {
  /** Default: the model named in the LLM's metadata. */
  readonly name?: string | undefined;
  /**
   * Turns a JSON Schema into the provider's `responseFormat`, where it has one. Default: the prompt alone asks for
   * JSON.
   */
  readonly responseFormat?: ((schema: object) => object) | undefined;
}

/**
 * An LLM of LlamaIndex as the core's language model. The framework's chat takes no signal: an abort frees the caller.
 */
export function languageModel(llm: LLM, options: LanguageModelOptions = {}): LanguageModel {
  checkOptionNames(options, ['name', 'responseFormat'], 'languageModel()');
  if (typeof llm?.chat !== 'function') {
    throw new SecondpassError('invalid-argument', 'languageModel() takes an LLM of LlamaIndex, such as openai().');
  }
  const model = llm.metadata?.model;
  const name = options.name ?? model ?? 'llm';
  return {
    name,
    async generate({ system, prompt, schema }, call = {}): Promise<Answer<Generated>> {
      const started = performance.now();
      const user = { role: 'user' as const, content: toContent(prompt) };
      const messages = system === undefined ? [user] : [{ role: 'system' as const, content: system }, user];
      const responseFormat = schema && options.responseFormat?.(schema);
      const answer = await within(call, () => llm.chat({ messages, ...(responseFormat && { responseFormat }) }));
      return {
        value: { text: queryText(answer.message.content) },
        run: { by: name, durationMs: performance.now() - started, usage: { calls: 1 }, ...(model && { model }) },
      };
    },
  };
}

/** Frees the caller at the signal or the deadline; a deadline that passes rejects with `timed-out`. */
async function within<T>({ signal, deadline }: CallOptions, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  if (deadline === undefined || deadline === Infinity) return untilAborted(work(), signal);
  const end = new AbortController();
  const late = (): void =>
    end.abort(new SecondpassError('timed-out', 'The language model gave no answer before the deadline.'));
  const timer = setTimeout(late, Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1));
  const off = onAbort(signal, () => end.abort(signal!.reason));
  try {
    return await untilAborted(work(), end.signal);
  } finally {
    clearTimeout(timer);
    off();
  }
}

function toContent(prompt: Content): MessageContent {
  if (typeof prompt === 'string') return prompt;
  return prompt.map((part: Part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const { data, mediaType } = part;
    const url = data instanceof URL ? data.href : `data:${mediaType};base64,${Buffer.from(data).toString('base64')}`;
    return { type: 'image_url', image_url: { url } };
  });
}

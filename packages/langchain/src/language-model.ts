import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { HumanMessage, SystemMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { Answer, CallOptions, Content, LanguageModel, Note, Part } from '@secondpass/core';
import { checkOptionNames, SecondpassError, untilAborted } from '@secondpass/core';

type Request = Parameters<LanguageModel['generate']>[0];
type Generated = Awaited<ReturnType<LanguageModel['generate']>>['value'];

export interface LanguageModelOptions {
  /** Default: the class of the chat model and its model, `ChatOpenAI gpt-4o`. */
  readonly name?: string | undefined;
  /**
   * Options for each call, where the provider has them: `({ maxTokens }) => ({ max_tokens: maxTokens })`. The framework
   * has no common name for these two. Default: none.
   */
  readonly callOptions?: ((request: Pick<Request, 'maxTokens' | 'topLogprobs'>) => Record<string, unknown>) | undefined;
}

/**
 * A LangChain chat model as the core's language model. A schema is passed as structured output; where the provider has
 * none, or its answer cannot be read, the same question is asked as text, with a note. Log-probabilities are handed on
 * where the answer carries them in `response_metadata.logprobs` (OpenAI's shape; set `logprobs: true` on the model).
 */
export function languageModel(chatModel: BaseChatModel, options: LanguageModelOptions = {}): LanguageModel {
  checkOptionNames(options, ['name', 'callOptions'], 'languageModel()');
  if (typeof chatModel?.invoke !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      'languageModel() takes a chat model of LangChain, such as new ChatOpenAI().',
    );
  }
  const { model } = chatModel as { model?: unknown };
  const name = options.name ?? [chatModel.getName(), ...(typeof model === 'string' ? [model] : [])].join(' ');
  return {
    name,
    async generate(request, call = {}): Promise<Answer<Generated>> {
      const started = performance.now();
      const notes: Note[] = [];
      const { value, calls, tokens } = await within(call, async (signal) => {
        const config = { ...options.callOptions?.(request), ...(signal && { signal }) };
        const messages = toMessages(request);
        const structured =
          request.schema && (await generateStructured(chatModel, messages, request.schema, config, signal));
        if (structured && 'value' in structured) return { ...structured, calls: 1 };
        if (structured) notes.push({ code: 'fell-back', by: name, message: structured.why, cause: structured.cause });
        const answer = await untilAborted(chatModel.invoke(messages, config), signal);
        return { ...read(answer), calls: structured ? 2 : 1 };
      });
      if (request.topLogprobs !== undefined && !value.firstTokens) {
        const message = `${name} returned no log-probabilities; set them on the chat model (OpenAI: logprobs: true, topLogprobs: ${request.topLogprobs}).`;
        notes.push({ code: 'no-logprobs', by: name, message });
      }
      const usage = { calls, ...(tokens !== undefined && { tokens }) };
      return { value, notes, run: { by: name, durationMs: performance.now() - started, usage } };
    },
  };
}

/** Runs a call under the caller's signal and deadline; a deadline that passes rejects with `timed-out`. */
async function within<T>(
  { signal, deadline }: CallOptions,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  if (deadline === undefined || deadline === Infinity) return untilAborted(work(signal), signal);
  const end = new AbortController();
  const late = (): void =>
    end.abort(new SecondpassError('timed-out', 'The chat model gave no answer before the deadline.'));
  const timer = setTimeout(late, Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1));
  const both = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  try {
    return await untilAborted(work(both), both);
  } finally {
    clearTimeout(timer);
  }
}

type Read = { readonly value: Generated; readonly tokens?: number };

async function generateStructured(
  chatModel: BaseChatModel,
  messages: BaseMessage[],
  schema: object,
  config: object,
  signal: AbortSignal | undefined,
): Promise<Read | { readonly why: string; readonly cause: unknown }> {
  try {
    const model = chatModel.withStructuredOutput(schema, { name: 'answer', includeRaw: true });
    const answer = (await untilAborted(model.invoke(messages, config), signal)) as {
      raw?: AIMessage;
      parsed?: unknown;
    };
    // Some models ignore `includeRaw` and return the parsed answer alone.
    if (!answer.raw) return { value: { text: JSON.stringify(answer) } };
    const said = read(answer.raw);
    return answer.parsed ? { ...said, value: { ...said.value, text: JSON.stringify(answer.parsed) } } : said;
  } catch (cause) {
    signal?.throwIfAborted();
    return {
      why: `Structured output failed (${cause instanceof Error ? cause.message : String(cause)}); asked again for text.`,
      cause,
    };
  }
}

function read(answer: BaseMessage): Read {
  const tokens = (answer as { usage_metadata?: { total_tokens?: number } }).usage_metadata?.total_tokens;
  const logprobs = answer.response_metadata?.['logprobs'] as
    | { content?: { top_logprobs?: { token: string; logprob: number }[] }[] }
    | undefined;
  const first = logprobs?.content?.[0]?.top_logprobs?.map(({ token, logprob }) => ({ token, logprob }));
  const text = answer.text;
  return { value: { text, ...(first && { firstTokens: first }) }, ...(tokens !== undefined && { tokens }) };
}

function toMessages({ system, prompt }: Request): BaseMessage[] {
  const human = new HumanMessage({ content: toContent(prompt) as HumanMessage['content'] });
  return system === undefined ? [human] : [new SystemMessage(system), human];
}

function toContent(prompt: Content): string | object[] {
  return typeof prompt === 'string' ? prompt : prompt.map(toBlock);
}

function toBlock(part: Part): object {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const { data, mediaType } = part;
  const url = data instanceof URL ? data.href : `data:${mediaType};base64,${Buffer.from(data).toString('base64')}`;
  return { type: 'image_url', image_url: { url } };
}

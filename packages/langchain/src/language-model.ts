import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { HumanMessage, SystemMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { Answer, CallOptions, Content, LanguageModel, Note, Part } from '@secondpass/core';
import { checkOptionNames, onAbort, SecondpassError, untilAborted } from '@secondpass/core';
import { configOf } from './trace.ts';

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
 * none, or nothing of its answer can be read, the same question is asked as text, with a note. Text that came instead
 * of structure is taken as it is. Log-probabilities are handed on where the answer carries them in
 * `response_metadata.logprobs` (OpenAI's shape; set `logprobs: true` on the model).
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
        const config = { ...configOf(call), ...options.callOptions?.(request), ...(signal && { signal }) };
        const messages = toMessages(request);
        const structured =
          request.schema && (await generateStructured(chatModel, messages, request.schema, config, signal));
        if (structured && 'value' in structured) return { ...structured, calls: 1 };
        const answer = read(await untilAborted(chatModel.invoke(messages, config), signal));
        if (!structured) return { ...answer, calls: 1 };
        const { why, cause, tokens: spent } = structured;
        const message = `Structured output failed (${why}); asked again for text.`;
        notes.push({ code: 'fell-back', by: name, message, ...(cause !== undefined && { cause }) });
        const tokens = spent === undefined ? answer.tokens : spent + (answer.tokens ?? 0);
        return { ...answer, ...(tokens !== undefined && { tokens }), calls: 2 };
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
  const off = onAbort(signal, () => end.abort(signal!.reason));
  try {
    return await untilAborted(work(end.signal), end.signal);
  } finally {
    clearTimeout(timer);
    off();
  }
}

type Read = { readonly value: Generated; readonly tokens?: number };
/** Why there is no structured answer, and what it cost to learn that. */
type Unread = { readonly why: string; readonly cause?: unknown; readonly tokens?: number };

async function generateStructured(
  chatModel: BaseChatModel,
  messages: BaseMessage[],
  schema: object,
  config: object,
  signal: AbortSignal | undefined,
): Promise<Read | Unread> {
  try {
    const model = chatModel.withStructuredOutput(schema, { name: 'answer', includeRaw: true });
    const answer = (await untilAborted(model.invoke(messages, config), signal)) as {
      raw?: AIMessage;
      parsed?: unknown;
    };
    // Some models ignore `includeRaw` and return the parsed answer alone.
    if (!answer.raw) return { value: { text: JSON.stringify(answer) } };
    const said = read(answer.raw);
    if (answer.parsed) return { ...said, value: { ...said.value, text: JSON.stringify(answer.parsed) } };
    const [broken] = answer.raw.invalid_tool_calls ?? [];
    if (!broken && said.value.text.trim() !== '') return said;
    const why = broken ? (broken.error ?? 'the answer cannot be parsed') : 'the answer is empty';
    return { why, ...(said.tokens !== undefined && { tokens: said.tokens }) };
  } catch (cause) {
    signal?.throwIfAborted();
    return { why: cause instanceof Error ? cause.message : String(cause), cause };
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

import { checkOptionNames, onAbort, SecondpassError, untilAborted } from '@secondpass/core';
import type { Answer, CallOptions, Content, LanguageModel, Note, Part } from '@secondpass/core';
import type { GenerateAnswer, GeneratingModel } from './specification.ts';

type Generated = Awaited<ReturnType<LanguageModel['generate']>>['value'];
type Request = Parameters<LanguageModel['generate']>[0];

export interface LanguageModelOptions {
  /** Default: the model's provider and id, `openai gpt-4o`. */
  readonly name?: string | undefined;
  /** Passed to the provider: `{ openai: { logprobs: 20 } }` makes it return log-probabilities. Default: none. */
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/**
 * A language model of the AI SDK (`openai('gpt-4o')`) as the core's. A schema is passed as the response format.
 * Log-probabilities are handed on where the provider returns them in its metadata.
 */
export function languageModel(model: GeneratingModel, options: LanguageModelOptions = {}): LanguageModel {
  checkOptionNames(options, ['name', 'providerOptions'], 'languageModel()');
  if (typeof model?.doGenerate !== 'function') {
    const hint =
      typeof model === 'string'
        ? ` "${String(model)}" is a name: make the model with its provider, or gateway("${String(model)}").`
        : '';
    throw new SecondpassError('invalid-argument', `languageModel() takes a model object of the AI SDK.${hint}`);
  }
  const name = options.name ?? `${model.provider} ${model.modelId}`;
  const isV4 = model.specificationVersion === 'v4';
  return {
    name,
    async generate(request, call = {}): Promise<Answer<Generated>> {
      const started = performance.now();
      const answer = await within(call, (abortSignal) =>
        model.doGenerate({
          prompt: toPrompt(request, isV4),
          ...(request.maxTokens !== undefined && { maxOutputTokens: request.maxTokens }),
          ...(request.schema && { responseFormat: { type: 'json', schema: request.schema, name: 'answer' } }),
          ...(options.providerOptions && { providerOptions: options.providerOptions }),
          ...(abortSignal && { abortSignal }),
        } as never),
      );
      const text = answer.content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
      const firstTokens = firstTokensOf(answer.providerMetadata);
      const notes: Note[] = [];
      if (request.topLogprobs !== undefined && !firstTokens) {
        const message = `${name} returned no log-probabilities; ask for them with providerOptions, where the provider has them.`;
        notes.push({ code: 'no-logprobs', by: name, message });
      }
      const tokens = totalTokens(answer.usage);
      return {
        value: { text, ...(firstTokens && { firstTokens }) },
        notes,
        run: {
          by: name,
          durationMs: performance.now() - started,
          model: model.modelId,
          usage: { calls: 1, ...(tokens !== undefined && { tokens }) },
        },
      };
    },
  };
}

/** Runs a call under the caller's signal and deadline; a deadline that passes rejects with `timed-out`. */
async function within(
  { signal, deadline }: CallOptions,
  work: (signal: AbortSignal | undefined) => PromiseLike<GenerateAnswer>,
): Promise<GenerateAnswer> {
  signal?.throwIfAborted();
  if (deadline === undefined || deadline === Infinity) return untilAborted(Promise.resolve(work(signal)), signal);
  const end = new AbortController();
  const late = (): void =>
    end.abort(new SecondpassError('timed-out', 'The language model gave no answer before the deadline.'));
  const timer = setTimeout(late, Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1));
  const off = onAbort(signal, () => end.abort(signal!.reason));
  try {
    return await untilAborted(Promise.resolve(work(end.signal)), end.signal);
  } finally {
    clearTimeout(timer);
    off();
  }
}

function toPrompt({ system, prompt }: Request, isV4: boolean): object[] {
  const user = { role: 'user', content: toParts(prompt, isV4) };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}

function toParts(prompt: Content, isV4: boolean): object[] {
  if (typeof prompt === 'string') return [{ type: 'text', text: prompt }];
  return prompt.map((part: Part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const { data, mediaType } = part;
    if (!isV4) return { type: 'file', mediaType, data };
    return { type: 'file', mediaType, data: data instanceof URL ? { type: 'url', url: data } : { type: 'data', data } };
  });
}

/** Usage is a number in specification 2, an object with a `total` since 3. */
function totalTokens(usage: unknown): number | undefined {
  const { inputTokens, outputTokens } = (usage ?? {}) as Record<string, number | { total?: number } | undefined>;
  const counts = [inputTokens, outputTokens].map((count) => (typeof count === 'object' ? count.total : count));
  return counts.every((count) => count === undefined)
    ? undefined
    : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** The first token's alternatives, from any provider's `logprobs`: a list of tokens, or such a list per output part. */
function firstTokensOf(metadata: unknown): { token: string; logprob: number }[] | undefined {
  for (const provider of Object.values((metadata ?? {}) as Record<string, { logprobs?: unknown } | undefined>)) {
    const [first] = [provider?.logprobs].flat(2) as (
      | { top_logprobs?: { token: string; logprob: number }[] }
      | undefined
    )[];
    if (Array.isArray(first?.top_logprobs)) return first.top_logprobs.map(({ token, logprob }) => ({ token, logprob }));
  }
  return undefined;
}

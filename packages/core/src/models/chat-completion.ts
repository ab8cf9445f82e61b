import { SecondpassError } from '../errors.ts';

/** No chat answer that we ask for comes near this. */
const longestAnswer = 4_000_000;

/** As much of an answer of a chat-completions service as is read. Nothing in it is taken for granted. */
export interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string;
    readonly message?: { readonly content?: string | null; readonly refusal?: string | null };
    readonly logprobs?: {
      readonly content?: readonly {
        readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
      }[];
    } | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number };
}

/** The body of a response, which may come from anyone: not without end. */
export async function textOfResponse(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > longestAnswer)
      throw new SecondpassError('failed', `The answer is longer than ${longestAnswer} characters.`);
  }
  return text + decoder.decode();
}

export function parseCompletion(text: string, model: string): Completion {
  try {
    return JSON.parse(text) as Completion;
  } catch (cause) {
    throw new SecondpassError('failed', `${model} answered with something that is no JSON.`, { cause });
  }
}

/** What we need of an answer; a refusal or a filtered answer is none. */
export function readAnswer(
  completion: Completion,
  model: string,
): {
  readonly text: string;
  readonly truncated: boolean;
  readonly firstTokens: readonly { readonly token: string; readonly logprob: number }[] | undefined;
  readonly tokens: number | undefined;
} {
  const choice = completion?.choices?.[0];
  const { content, refusal } = choice?.message ?? {};
  if (refusal) throw new SecondpassError('failed', `${model} refused to answer.`);
  if (choice?.finish_reason === 'content_filter')
    throw new SecondpassError('failed', `The answer of ${model} was filtered out.`);
  if (typeof content !== 'string') throw new SecondpassError('failed', `${model} answered without a message.`);
  const { prompt_tokens: asked = 0, completion_tokens: said = 0 } = completion.usage ?? {};
  const top = choice?.logprobs?.content?.[0]?.top_logprobs;
  return {
    text: content,
    truncated: choice?.finish_reason === 'length',
    firstTokens: top?.map(({ token, logprob }) => ({ token, logprob })),
    tokens: asked + said > 0 ? asked + said : undefined,
  };
}

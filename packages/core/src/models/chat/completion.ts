import { SecondpassError } from '../../errors.ts';

/** No chat answer that we ask for comes near this. */
const longestAnswer = 4_000_000;

/** As much of an answer of a chat-completions service as is read. Nothing in it is taken for granted. */
export interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string;
    readonly message?: { readonly content?: string | null; readonly refusal?: string | null };
    readonly logprobs?: {
      readonly content?: readonly {
        readonly top_logprobs?: unknown;
      }[];
    } | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
}

/** One of the likeliest first tokens of an answer. */
interface FirstToken {
  readonly token: string;
  readonly logprob: number;
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
  } catch {
    // The platform's own error would quote the answer, and a service may answer with what it was sent.
    throw new SecondpassError('failed', `${model} answered with something that is no JSON.`);
  }
}

/** What we need of an answer; a refusal or a filtered answer is none. */
export function readAnswer(
  completion: Completion,
  model: string,
): {
  readonly text: string;
  readonly truncated: boolean;
  readonly firstTokens: readonly FirstToken[] | undefined;
  readonly tokens: number | undefined;
} {
  const choice = completion?.choices?.[0];
  const { content, refusal } = choice?.message ?? {};
  if (refusal) throw new SecondpassError('failed', `${model} refused to answer.`);
  if (choice?.finish_reason === 'content_filter')
    throw new SecondpassError('failed', `The answer of ${model} was filtered out.`);
  if (typeof content !== 'string') throw new SecondpassError('failed', `${model} answered without a message.`);
  const { prompt_tokens: asked, completion_tokens: said } = completion.usage ?? {};
  const tokens = [asked, said].filter(isFiniteNumber).reduce((sum, count) => sum + count, 0);
  return {
    text: content,
    truncated: choice?.finish_reason === 'length',
    firstTokens: tokensOf(choice?.logprobs?.content?.[0]?.top_logprobs),
    tokens: tokens > 0 ? tokens : undefined,
  };
}

/** The entries that have a token and its log-probability; undefined if none has. */
function tokensOf(top: unknown): readonly FirstToken[] | undefined {
  if (!Array.isArray(top)) return undefined;
  const tokens = top.flatMap((entry: Partial<Record<keyof FirstToken, unknown>> | null) => {
    const { token, logprob } = entry ?? {};
    return typeof token === 'string' && isFiniteNumber(logprob) ? [{ token, logprob }] : [];
  });
  return tokens.length > 0 ? tokens : undefined;
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

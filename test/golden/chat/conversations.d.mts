import type * as core from '@secondpass/core';
import type { Answer, LanguageModel } from '@secondpass/core';
import type { OpenAICompatibleOptions } from '@secondpass/core/models';

export interface Conversation {
  readonly options?: Partial<OpenAICompatibleOptions>;
  /** In place of `/v1`. */
  readonly route?: string;
  readonly run: (from: typeof core, model: LanguageModel) => Promise<Answer<unknown>>;
}
export const conversations: Readonly<Record<string, Conversation>>;

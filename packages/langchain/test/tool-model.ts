import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type AIMessageChunkFields } from '@langchain/core/messages';

/** The fields of a message. */
type Answer = Readonly<Record<string, unknown>>;

/**
 * A chat model that has tools, so that the framework's own structured output goes through them. Gives these answers,
 * then the last one again.
 */
export class ToolModel extends BaseChatModel {
  readonly #answers: readonly Answer[];
  calls = 0;

  constructor(...answers: readonly Answer[]) {
    super({});
    this.#answers = answers;
  }

  override _llmType(): string {
    return 'tools';
  }

  override bindTools(tools: unknown[]) {
    return this.withConfig({ tools } as never);
  }

  override async _generate() {
    const message = new AIMessageChunk((this.#answers[this.calls++] ?? this.#answers.at(-1)) as AIMessageChunkFields);
    return { generations: [{ message, text: message.text }] };
  }
}

/** An answer by structured output. */
export const toolCall = (args: Record<string, unknown>): Answer => ({
  content: '',
  tool_call_chunks: [{ name: 'answer', args: JSON.stringify(args), id: '1', index: 0, type: 'tool_call_chunk' }],
});

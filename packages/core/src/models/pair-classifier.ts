import type { Output } from './runtime/batch.ts';
import type { Outcome } from './call-state.ts';
import { relevanceLogit } from './relevance.ts';
import { textCalls, type TextCallOptions, type TextCallSettings } from './text-calls.ts';
import type { PairTokenizer, Tokens } from './tokenize/pair-tokenizer.ts';

/** What one call came to. */
export interface Classified extends Outcome {
  /** One per text; `undefined` where there is none. */
  readonly logits: readonly (number | undefined)[];
}

/** A model that judges a query and a text together. */
export interface PairClassifier {
  /** At the deadline, resolves with what there is; at an abort, rejects with the signal's reason. */
  classify(query: string, texts: readonly string[], options?: TextCallOptions): Promise<Classified>;
  /** Starts all workers, so that the first call does not. */
  warmUp(): Promise<void>;
  dispose(): Promise<void>;
}

export interface PairClassifierParts extends TextCallSettings {
  readonly tokenizer: PairTokenizer;
  /** Index of the label that means "relevant". */
  readonly label: number;
}

export function pairClassifier({ tokenizer, label, ...settings }: PairClassifierParts): PairClassifier {
  const calls = textCalls(settings);
  const relevance = ({ data, cols }: Output): Float64Array =>
    Float64Array.from({ length: data.length / cols }, (_, row) =>
      relevanceLogit(data.subarray(row * cols, (row + 1) * cols), label),
    );
  return {
    async classify(query, texts, options) {
      let asked: Tokens | undefined;
      const logits: (number | undefined)[] = Array.from({ length: texts.length });
      const outcome = await calls.run(
        texts,
        {
          prepare(text) {
            asked ??= tokenizer.query(query);
            return tokenizer.pair(asked, tokenizer.encode(text, asked.ids.length));
          },
          read: relevance,
          landed: (index, logit) => (logits[index] = logit),
        },
        options,
      );
      return { ...outcome, logits };
    },
    warmUp: () => calls.warmUp(),
    dispose: () => calls.dispose(),
  };
}

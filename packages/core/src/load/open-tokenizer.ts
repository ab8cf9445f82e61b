import { SecondpassError } from '../errors.ts';
import type { ModelFolder } from '../models/files/model-folder.ts';
import type { Prompt } from '../models/files/prompt.ts';
import type { PairTokenizer } from '../models/tokenize/pair-tokenizer.ts';
import { pairTokenizer } from '../models/tokenize/tokenizer.ts';

/** @throws SecondpassError `invalid-model` for a tokenizer.json that cannot be used */
export function openTokenizer(files: ModelFolder, maxLength: number, folder: string, prompt?: Prompt): PairTokenizer {
  try {
    const tokenizer = pairTokenizer({ tokenizer: files.tokenizer, config: files.tokenizerConfig }, maxLength, prompt);
    // A vocabulary without a word for what is unknown is told of here, and not at the first call.
    tokenizer.encode('text');
    return tokenizer;
  } catch (cause) {
    throw new SecondpassError(
      'invalid-model',
      `The tokenizer.json in ${folder} cannot be used: ${(cause as Error).message}. Save the tokenizer anew, as a fast one.`,
      { cause },
    );
  }
}

import type { Tokenizer } from '@huggingface/tokenizers';
import { addedTokenFinder, type AddedToken } from './added-tokens.ts';

/**
 * All token ids of a text, without special tokens around it: added tokens are looked for in the text as it is, then in
 * what the normaliser makes of the rest; what is left is split into words, and these into tokens. The order is the
 * reference's. The library's own encoder also follows settings of tokenizer_config.json that the reference ignores.
 *
 * @param added `added_tokens` of tokenizer.json
 */
export function textEncoder(tokenizer: Tokenizer, added: readonly AddedToken[]): (text: string) => number[] {
  const normalize = (text: string): string => tokenizer.normalizer?.normalize(text) ?? text;
  const isNormalized = (token: AddedToken): boolean => token.normalized ?? !token.special;
  const findAsWritten = addedTokenFinder(added.filter((token) => !isNormalized(token)));
  const findNormalized = addedTokenFinder(added.filter(isNormalized), normalize);

  const encodeRest = (text: string, isStart: boolean): number[] => {
    const options = { section_index: isStart ? 0 : 1 };
    const words = tokenizer.pre_tokenizer?.pre_tokenize(text, options) ?? [text];
    const model = tokenizer.model as unknown as (words: readonly string[]) => string[];
    return model(words).map((token) => idOf(tokenizer, token));
  };

  return (text) =>
    findAsWritten(text).flatMap((section, index) => {
      if (section.id !== undefined) return [section.id];
      return findNormalized(normalize(section.text)).flatMap(({ text, id }, inner) => {
        if (id !== undefined) return [id];
        return text === '' ? [] : encodeRest(text, index === 0 && inner === 0);
      });
    });
}

/** A token that the model does not have is its unknown one. */
function idOf(tokenizer: Tokenizer, token: string): number {
  const id = tokenizer.token_to_id(token) ?? (tokenizer.model?.unk_token_id as number | null | undefined);
  if (typeof id === 'number') return id;
  throw new Error(`its model has neither the token ${JSON.stringify(token)} nor one for what is unknown`);
}

import { Tokenizer } from '@huggingface/tokenizers';
import { longestFirst } from './longest-first.ts';
import { pairFrame, promptFrame, singleFrame } from './pair-frame.ts';
import type { PairTokenizer, Tokens } from './pair-tokenizer.ts';
import type { Prompt } from './prompt.ts';
import { queryShare } from './query-share.ts';
import { repairTokenizer } from './tokenizer-repairs.ts';

export interface TokenizerFiles {
  /** Content of tokenizer.json. */
  readonly tokenizer: Readonly<Record<string, unknown>>;
  /** Content of tokenizer_config.json. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Characters per allowed token that are read at first from a long text. */
const charactersPerToken = 8;
/** Longest pairs' worth of tokens that a query is read for, so that it is known whether it or the text is longer. */
const queryLengths = 2;
/** Tokens before a cut that are not believed, as they may differ from those of the whole text. */
const slack = { atSpace: 16, elsewhere: 64 };

/**
 * @param maxLength tokens of a pair, special tokens and the words of a prompt included
 * @param prompt what stands around the texts, which are given with their parts of it; default: the tokenizer's own frame
 * @throws Error if the files do not describe a tokenizer that can be run here
 */
export function pairTokenizer(files: TokenizerFiles, maxLength: number, prompt?: Prompt): PairTokenizer {
  const tokenizer = openTokenizer(files);
  const encodeAll = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const frame = prompt ? promptFrame(encodeAll(prompt.before), encodeAll(prompt.after)) : pairFrame(tokenizer);
  const room = maxLength - frame.overhead;
  if (room < 2)
    throw new Error(`a maximum length of ${maxLength} leaves no room beside ${frame.overhead} special tokens`);
  const fromLeft = files.config['truncation_side'] === 'left';
  const answers = prompt?.answers.map((word) => tokenizer.token_to_id(word));

  const alone = singleFrame(tokenizer);

  /** All tokens of a text, or of a long one more than `most` of its first. */
  const read = (raw: string, most: number): Tokens => {
    const text = wellFormed(raw);
    if (!fromLeft && most < Infinity) {
      for (
        let length = Math.max(1, Math.min(most, maxLength)) * charactersPerToken;
        length < text.length;
        length *= 2
      ) {
        const cut = cutBefore(text, length);
        if (cut === undefined) continue;
        const ids = encodeAll(text.slice(0, cut.at));
        if (ids.length - cut.slack > most) return { ids: ids.slice(0, -cut.slack), complete: false };
      }
    }
    return { ids: encodeAll(text), complete: true };
  };

  return {
    answers: answers?.every((id) => id !== undefined) ? (answers as number[]) : undefined,
    query: (text) => read(text, queryLengths * maxLength),
    encode: (text, beyond = 0) => read(text, Math.max(maxLength, beyond)),
    pair(first, second) {
      const lengths = [first.ids.length, second.ids.length] as const;
      const keep = prompt ? queryShare(...lengths, room, prompt.queryShare) : longestFirst(...lengths, room);
      const truncated =
        !(first.complete && second.complete) || keep.first + keep.second < first.ids.length + second.ids.length;
      const [a, b] = fromLeft
        ? [first.ids.slice(first.ids.length - keep.first), second.ids.slice(second.ids.length - keep.second)]
        : [first.ids, second.ids];
      return { pair: frame.assemble(a, keep.first, b, keep.second), truncated };
    },
    single(text, most) {
      const length = Math.max(0, Math.min(most, maxLength) - alone.overhead);
      const { ids, complete } = read(text, length);
      const keep = Math.min(ids.length, length);
      const kept = fromLeft ? ids.slice(ids.length - keep) : ids;
      return { pair: alone.assemble(kept, keep, [], 0), truncated: !complete || keep < ids.length };
    },
  };
}

function openTokenizer(files: TokenizerFiles): Tokenizer {
  const tokenizer = new Tokenizer(files.tokenizer, files.config);
  repairTokenizer(tokenizer, files.tokenizer);
  return tokenizer;
}

/** Half a surrogate pair is no character; it becomes U+FFFD, as in every Unicode decoder. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

const ideograph = /[\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;
const punctuation = /[!-/:-@[-`{-~]/;

/**
 * Where a long text may be cut, in the second half of what stands before `end`: at a single white space, else before a
 * punctuation mark or an East Asian character. Words are tokenised alike with and without what follows.
 */
function cutBefore(text: string, end: number): { readonly at: number; readonly slack: number } | undefined {
  let other: number | undefined;
  for (let at = end; at > end / 2; at--) {
    const character = text[at]!;
    if (/\s/.test(character) && /\S/.test(text[at - 1]!) && /\S/.test(text[at + 1] ?? '')) {
      return { at, slack: slack.atSpace };
    }
    if (other === undefined && (punctuation.test(character) || ideograph.test(character))) other = at;
  }
  return other === undefined ? undefined : { at: other, slack: slack.elsewhere };
}

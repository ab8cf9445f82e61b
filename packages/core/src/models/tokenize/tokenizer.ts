import { Tokenizer } from '@huggingface/tokenizers';
import type { AddedToken } from './added-tokens.ts';
import { cutAfter, cutBefore, type Slack } from './cut-text.ts';
import { textEncoder } from './encode-text.ts';
import { longestFirst } from './longest-first.ts';
import { pairFrame, promptFrame, singleFrame } from './pair-frame.ts';
import type { PairTokenizer, Tokens } from './pair-tokenizer.ts';
import type { Prompt } from '../files/prompt.ts';
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

/**
 * @param maxLength tokens of a pair, special tokens and the words of a prompt included
 * @param prompt what stands around the texts, which are given with their parts of it; default: the tokenizer's own frame
 * @throws Error if the files do not describe a tokenizer that can be run here
 */
export function pairTokenizer(files: TokenizerFiles, maxLength: number, prompt?: Prompt): PairTokenizer {
  const tokenizer = openTokenizer(files);
  const encodeAll = textEncoder(tokenizer, (files.tokenizer['added_tokens'] ?? []) as AddedToken[]);
  const frame = prompt ? promptFrame(encodeAll(prompt.before), encodeAll(prompt.after)) : pairFrame(tokenizer);
  const room = maxLength - frame.overhead;
  if (room < 2)
    throw new Error(`a maximum length of ${maxLength} leaves no room beside ${frame.overhead} special tokens`);
  const fromLeft = files.config['truncation_side'] === 'left';
  const answers = prompt?.answers.map((word) => tokenizer.token_to_id(word));

  const alone = singleFrame(tokenizer);

  const slack = slackOf(files.tokenizer);

  /** The tokens of as much of a text as `length` characters, at the end that counts, without those beside the cut. */
  const readPart = (text: string, length: number): number[] => {
    if (!fromLeft) {
      const cut = cutBefore(text, length, slack);
      return encodeAll(text.slice(0, cut.at)).slice(0, -cut.slack);
    }
    const cut = cutAfter(text, text.length - length, slack);
    return encodeAll(text.slice(cut.at)).slice(cut.slack);
  };

  /** All tokens of a text, or of a long one more than `most`: its first, or with truncation on the left its last. */
  const read = (raw: string, most: number): Tokens => {
    const text = wellFormed(raw);
    if (most === Infinity) return { ids: encodeAll(text), complete: true };
    const first = Math.max(1, Math.min(most, maxLength)) * charactersPerToken;
    for (let length = first; length < text.length; length *= 2) {
      const ids = readPart(text, length);
      if (ids.length > most) return { ids, complete: false };
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

/**
 * Word pieces of a word that is cut off may differ from the first to the last, since a word that is too long is unknown
 * as a whole; other tokenizers are soon in step with the whole text again.
 */
function slackOf(tokenizer: TokenizerFiles['tokenizer']): Slack {
  const longestWord = Number(
    (tokenizer['model'] as { max_input_chars_per_word?: number }).max_input_chars_per_word ?? 0,
  );
  return { atSpace: 16, elsewhere: Math.max(64, longestWord) };
}

import { splitBehaviours, splitWords, type SplitBehaviour } from './split-words.ts';

/** One step of the `pre_tokenizer` entry of a tokenizer.json. */
export type PreTokenizerConfig = Readonly<Record<string, unknown>> & { readonly type?: string };
/** Splits a text into words. `isStart`: it is the beginning of the whole text. */
export type PreTokenize = (text: string, isStart: boolean) => string[];

/** The reference's `\s` is Unicode's White_Space: JavaScript's lacks U+0085 and has U+FEFF. */
const space = String.raw`\p{White_Space}`;
const spaces = new RegExp(`${space}+`, 'gu');
const notSpaces = new RegExp(String.raw`\P{White_Space}+`, 'gu');
const letter = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;
const wordOrSigns = new RegExp(`[${letter}]+|[^${letter}${space}]+`, 'gu');
const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;
const digit = /\p{N}/gu;

/**
 * The pre-tokenizers that @huggingface/tokenizers 0.2.0 computes otherwise than the reference, as the reference does.
 * @param pattern the library's own reading of the step's pattern, where it has one
 * @returns nothing for a step that the library computes alike
 * @throws Error for a step that is not known well enough to be computed
 */
export function preTokenizer(config: PreTokenizerConfig, pattern: unknown): PreTokenize | undefined {
  switch (config.type) {
    case 'WhitespaceSplit':
      return (text) => text.match(notSpaces) ?? [];
    case 'Whitespace':
      return (text) => text.match(wordOrSigns) ?? [];
    case 'BertPreTokenizer':
      return (text) => splitWords(text, spaces, 'Removed').flatMap((word) => splitWords(word, punctuation, 'Isolated'));
    case 'Punctuation': {
      const behaviour = behaviourOf(config, 'Isolated');
      return (text) => splitWords(text, punctuation, behaviour);
    }
    case 'Digits':
      return (text) => splitWords(text, digit, config['individual_digits'] === true ? 'Isolated' : 'Contiguous');
    case 'Split':
      return split(config, pattern);
    case 'Metaspace':
      return metaspace(config);
    default:
      return undefined;
  }
}

function split(config: PreTokenizerConfig, pattern: unknown): PreTokenize {
  if (!(pattern instanceof RegExp)) throw new Error(`its Split has a pattern that is not known here`);
  const behaviour = behaviourOf(config, undefined);
  return (text) => splitWords(text, pattern, behaviour, config['invert'] === true);
}

function behaviourOf(config: PreTokenizerConfig, standard: SplitBehaviour | undefined): SplitBehaviour {
  const behaviour = config['behavior'] ?? standard;
  const known = splitBehaviours.find((name) => name === behaviour);
  if (known) return known;
  const fact = `its ${config.type} has the behavior ${JSON.stringify(behaviour)}`;
  throw new Error(`${fact}; known are ${splitBehaviours.join(', ')}`);
}

/** SentencePiece's: spaces become a mark, which begins a word, and there is one before the first word. */
function metaspace(config: PreTokenizerConfig): PreTokenize {
  const mark = String(config['replacement'] ?? '\u2581');
  const scheme = config['prepend_scheme'] ?? (config['add_prefix_space'] === false ? 'never' : 'always');
  const marks = new RegExp(mark.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'gu');
  return (text, isStart) => {
    const marked = text.replaceAll(' ', mark);
    const isPrefixed = !marked.startsWith(mark) && (scheme === 'always' || (scheme === 'first' && isStart));
    const whole = isPrefixed ? mark + marked : marked;
    return config['split'] === false ? [whole] : splitWords(whole, marks, 'MergedWithNext');
  };
}

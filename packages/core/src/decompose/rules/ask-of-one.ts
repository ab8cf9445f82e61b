import type { RuleLanguage } from './language.ts';
import type { Token } from './tokens.ts';
import { isVerb } from './verbs.ts';

/**
 * Turns what was asked of several things into what to ask of one: `Which building is taller` and X give `How tall is X?`,
 * `Who was born first` gives `When was X born?`, `Which has more species` gives `X has how many species?`, and what
 * compares nothing, `Which company is based in Kentucky`, gives `Is X based in Kentucky?`
 */
export function askOfOne(asked: readonly Token[], x: string, language: RuleLanguage): string {
  const { auxiliaries, doAuxiliaries, questionWords, comparisons, counts, times, adverbs, templates } = language;
  const words = asked.filter(({ text }) => /[\p{L}\p{N}"“#]/u.test(text));
  let verb = words.findIndex(({ lower }, at) => at > 0 && auxiliaries.has(lower));
  if (verb < 0) verb = words.findIndex(({ lower }, at) => at > 0 && isVerb(lower, language));
  const has = auxiliaries.has(words[verb]?.lower ?? '');
  const aux = has ? auxiliaries.get(words[verb]!.lower)! : '';
  const noun = words.slice(0, Math.max(verb, 0)).filter(({ lower }) => !questionWords.has(lower));
  const rest = words.slice(has ? verb + 1 : Math.max(verb, 0)).filter(({ lower }) => !questionWords.has(lower));
  const compared = rest.findIndex(({ lower }) => isComparison(lower, language));

  if (compared < 0) {
    if (doAuxiliaries.has(words[verb]?.lower ?? ''))
      return sentence([x, ...texts(rest), templates.what, ...texts(noun)]);
    return has && aux !== 'has' ? sentence([aux, x, ...texts(rest)]) : sentence([x, aux, ...texts(rest)]);
  }
  const word = rest[compared]!.lower;
  const before = withoutFillers(rest.slice(0, compared), language, 'last');
  const after = withoutFillers(rest.slice(compared + 1), language, 'first');
  const known = comparisons.get(word);
  // "is taller", "is now taller": nothing stands around it that the comparison could be about.
  if (known && before.every(({ lower }) => adverbs.has(lower)) && after.length === 0) {
    return known.replace('{be}', aux === '' ? 'is' : aux).replace('{x}', () => x);
  }
  // "first", and "most recently"
  const time = times.has(word) || times.has(after[0]?.lower ?? '');
  if (time) {
    const said = texts([...before, ...after.filter(({ lower }) => !times.has(lower))]).join(' ');
    return (has && !doAuxiliaries.has(words[verb]!.lower) ? templates.when : templates.whenSaid)
      .replace('{aux}', aux)
      .replace('{x}', () => x)
      .replace('{verb}', () => said)
      .replace(/\s+/g, ' ')
      .replace(' ?', '?');
  }
  const amount = counts.has(word) ? templates.howMany : templates.what;
  const said = [...texts(before), amount, ...texts(after)];
  return sentence(doAuxiliaries.has(words[verb]?.lower ?? '') ? [x, ...said] : [x, aux, ...said]);
}

export function isComparison(word: string, { comparisons, counts, amounts, times }: RuleLanguage): boolean {
  return comparisons.has(word) || counts.has(word) || amounts.has(word) || times.has(word);
}

/** Fillers go where they touch the comparison: "the most members", "larger of the two". */
function withoutFillers(words: readonly Token[], { comparisonFillers }: RuleLanguage, side: 'first' | 'last'): Token[] {
  const left = words.slice();
  while (left.length > 0 && comparisonFillers.has(left.at(side === 'first' ? 0 : -1)!.lower)) {
    if (side === 'first') left.shift();
    else left.pop();
  }
  return left;
}

function texts(tokens: readonly Token[]): string[] {
  return tokens.map(({ text }) => text);
}

function sentence(words: readonly string[]): string {
  const text = words
    .filter((word) => word !== '')
    .join(' ')
    .replace(/ (['’]s)(?![\p{L}\p{N}])/gu, '$1');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}?`;
}

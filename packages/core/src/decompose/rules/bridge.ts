// Finding where a description begins and ends is one job; it is longer than most because English has many forms of it.
import type { RuleLanguage } from './language.ts';
import { isName, nameStart } from './names.ts';
import { isWord, textOfTokens, tokenise, type Token } from './tokens.ts';
import { isFinite, isVerb } from './verbs.ts';

/** A description standing for a thing that must be found first, and the question that finds it. */
interface Description {
  readonly from: number;
  readonly to: number;
  readonly question: string;
}

export interface Hop {
  readonly text: string;
  readonly needs: readonly number[];
}

/**
 * Unnests a question: `Who is the father of the person who issued the Tamworth manifesto?` becomes
 * `Which person issued the Tamworth manifesto?` and `Who is the father of #1?` A chain unnests from the inside out, at
 * most four times. A question without a nested description gives `[]`.
 */
export function unnest(question: string, language: RuleLanguage): readonly Hop[] {
  const hops: Hop[] = [];
  let source = question;
  for (let round = 0; round < 4; round++) {
    const tokens = bare(tokenise(source));
    if (tokens.length === 0) break;
    const found = findDescription(source, tokens, language);
    if (!found) break;
    hops.push({ text: found.question, needs: needsOf(found.question) });
    const before = textOfTokens(source, tokens, 0, found.from);
    const after = textOfTokens(source, tokens, found.to, tokens.length);
    source =
      [before, `#${hops.length}`, after]
        .filter((part) => part !== '')
        .join(' ')
        .replace(/ (['’]s\b|[,;:.])/g, '$1') + '?';
  }
  return hops.length === 0 ? [] : [...hops, { text: source, needs: needsOf(source) }];
}

/** Without the closing question mark. */
export function bare(tokens: Token[]): Token[] {
  let end = tokens.length;
  while (end > 0 && /^[?.!]$/.test(tokens[end - 1]!.text)) end--;
  return tokens.slice(0, end);
}

function needsOf(text: string): number[] {
  return [...new Set(Array.from(text.matchAll(/#(\d{1,4})/g), (match) => Number(match[1]) - 1))];
}

/** The last description that has one: what stands furthest right is nested deepest. */
function findDescription(source: string, tokens: readonly Token[], language: RuleLanguage): Description | undefined {
  for (let at = tokens.length - 1; at > 0; at--) {
    const found =
      relativeClause(source, tokens, at, language) ??
      reducedClause(source, tokens, at, language) ??
      relationOf(source, tokens, at, language) ??
      genitive(source, tokens, at, language);
    if (found && stands(tokens, found, language)) return found;
  }
  return undefined;
}

/** Both halves must say something: the description must name something, the rest must ask for more than its name. */
function stands(tokens: readonly Token[], { from, to }: Description, language: RuleLanguage): boolean {
  const inside = tokens.slice(from, to);
  const lowerCased = !tokens.slice(1).some((token) => /^\p{Lu}/u.test(token.text));
  const anchored =
    inside.some((token) => isName(token, language)) ||
    (lowerCased && inside.filter((t) => content(t, language)).length >= 4);
  // Without capitals nothing tells names from words, so only "the" says that one certain thing is meant.
  if (lowerCased && !language.definite.has(tokens[from]!.lower)) return false;
  // "What team was the winner of X?" asks what the winner is, nothing more.
  const be = tokens[from - 1]?.lower ?? '';
  const asksWhatItIs =
    to === tokens.length && language.choiceWords.has(tokens[0]!.lower) && language.auxiliaries.has(be);
  if (asksWhatItIs && from <= 4 && !language.prepositions.has(be) && !hasVerb(tokens.slice(0, from - 1), language))
    return false;
  const outside = [...tokens.slice(0, from), ...tokens.slice(to)];
  return anchored && outside.some((token) => content(token, language));
}

function hasVerb(tokens: readonly Token[], language: RuleLanguage): boolean {
  return tokens.some(({ text }) => isVerb(text, language));
}

function content(token: Token, language: RuleLanguage): boolean {
  const { lower } = token;
  return (
    isWord(token) &&
    !language.questionWords.has(lower) &&
    !language.auxiliaries.has(lower) &&
    !language.articles.has(lower) &&
    !language.prepositions.has(lower) &&
    !language.empty.has(lower) &&
    !language.pronouns.has(lower) &&
    !language.and.has(lower) &&
    !/^['’]s$/.test(lower)
  );
}

/** `the actress who played X`, `the county where X is located`, `the party in which X held a position` */
function relativeClause(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { relativePronouns, governedRelatives, prepositions, placeRelatives, timeRelatives, templates } = language;
  if (!relativePronouns.has(tokens[at]!.lower) || at === askingWord(tokens, language)) return undefined;
  const governed = prepositions.has(tokens[at - 1]?.lower ?? '');
  if (governed && !governedRelatives.has(tokens[at]!.lower)) return undefined;
  const nounEnd = governed ? at - 1 : tokens[at - 1]?.text === ',' ? at - 1 : at;
  const nounFrom = nounPhraseStart(tokens, nounEnd, language);
  if (nounFrom === undefined || nounEnd - nounFrom < 2) return undefined;
  if (timeRelatives.has(tokens[at]!.lower) && !language.timeNouns.has(tokens[nounEnd - 1]!.lower)) return undefined;
  const to = descriptionEnd(tokens, nounFrom, at + 1, language);
  if (to - at < 2) return undefined;
  const noun = textOfTokens(source, tokens, nounFrom + 1, nounEnd);
  const clause = textOfTokens(source, tokens, at + 1, to);
  const preposition = governed ? tokens[at - 1]!.text : '';
  let template = templates.whichSubject;
  if (governed) template = `{clause} ${preposition} ${templates.whichObject.replace('{clause} ', '')}`;
  else if (placeRelatives.has(tokens[at]!.lower)) template = templates.whichPlace;
  else if (timeRelatives.has(tokens[at]!.lower)) template = templates.whichTime;
  else if (startsWithSubject(tokens[at + 1]!, language)) template = templates.whichObject;
  return { from: nounFrom, to, question: filled(template, noun, clause) };
}

/** `the province containing X`, `the film directed by X`, `the person X was named after` */
function reducedClause(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { participles, prepositions, templates, auxiliaries } = language;
  const token = tokens[at]!;
  if (participles.has(token.lower)) {
    if (auxiliaries.has(tokens[at - 1]!.lower)) return undefined;
    const from = nounPhraseStart(tokens, at, language);
    if (from === undefined || at - from < 2 || at + 1 >= tokens.length) return undefined;
    const to = descriptionEnd(tokens, from, at + 1, language);
    if (to - at < 2) return undefined;
    const question = filled(
      templates.whichSubject,
      textOfTokens(source, tokens, from + 1, at),
      textOfTokens(source, tokens, at, to),
    );
    return { from, to, question };
  }
  // "the person X was named after": no pronoun at all, so only with its preposition left hanging at the end.
  if (!isName(token, language) || !prepositions.has(tokens.at(-1)!.lower) || isName(tokens[at - 1], language))
    return undefined;
  const from = nounPhraseStart(tokens, at, language);
  if (from === undefined || at - from < 2) return undefined;
  if (!tokens.slice(at).some(({ lower }) => auxiliaries.has(lower))) return undefined;
  const question = filled(
    templates.whichObject,
    textOfTokens(source, tokens, from + 1, at),
    textOfTokens(source, tokens, at, tokens.length),
  );
  return { from, to: tokens.length, question };
}

/** `the author of X`: a noun of relation, what it belongs to, and something more that is asked of it. */
function relationOf(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const { ofWords, personNouns, ofNouns } = language;
  const noun = tokens[at - 1]!.lower;
  if (!ofWords.has(tokens[at]!.lower) || !(personNouns.has(noun) || ofNouns.has(noun))) return undefined;
  // "the King of Poland": a title, not a thing to be found first.
  if (isName(tokens[at - 1], language)) return undefined;
  const from = nounPhraseStart(tokens, at, language);
  if (from === undefined || at + 1 >= tokens.length) return undefined;
  let to = descriptionEnd(tokens, from, at + 1, language);
  // A verb is no part of what the noun belongs to: "(the city where) the author of X | lived".
  const verb = tokens.findIndex((token, index) => index > at + 1 && index < to && isVerb(token.text, language));
  if (verb > 0) to = verb;
  if (to - at < 2) return undefined;
  const whole = `${tokens[from]!.lower} ${textOfTokens(source, tokens, from + 1, to)}`;
  return { from, to, question: whoIs(whole, noun, language) };
}

/** `X's husband` */
function genitive(
  source: string,
  tokens: readonly Token[],
  at: number,
  language: RuleLanguage,
): Description | undefined {
  const noun = tokens[at]!.lower;
  if (!(language.personNouns.has(noun) || language.thingNouns.has(noun)) || !/^['’]s$/.test(tokens[at - 1]!.text))
    return undefined;
  const from = nameStart(tokens, at - 1, language);
  if (from >= at - 1) return undefined;
  // "Edward Baring, 1st Baron Revelstoke's father"
  const comma = tokens[from - 1]?.text === ',' ? nameStart(tokens, from - 1, language) : from - 1;
  const start = comma < from - 1 && comma > 0 ? comma : Math.max(from, isQuestionOpening(tokens[0]!, language) ? 1 : 0);
  // "X's city of birth"
  const belongs = language.ofWords.has(tokens[at + 1]?.lower ?? '') && /^\p{Ll}/u.test(tokens[at + 2]?.text ?? '');
  const to = belongs && !language.articles.has(tokens[at + 2]!.lower) ? at + 3 : at + 1;
  return { from: start, to, question: whoIs(textOfTokens(source, tokens, start, to), noun, language) };
}

function whoIs(text: string, noun: string, { personNouns, templates }: RuleLanguage): string {
  const template = personNouns.has(noun) ? templates.whoIs : templates.whatIs;
  return template.replace('{x}', () => text.replace(/[\s,;:]+$/, ''));
}

function isQuestionOpening({ lower }: Token, { questionWords, auxiliaries, prepositions }: RuleLanguage): boolean {
  return questionWords.has(lower) || auxiliaries.has(lower) || prepositions.has(lower);
}

/** Where the noun phrase that ends before `end` opens with its article; at most six words back, no verb between. */
function nounPhraseStart(tokens: readonly Token[], end: number, language: RuleLanguage): number | undefined {
  for (let at = end - 1; at >= 0 && end - at <= 7; at--) {
    const { lower } = tokens[at]!;
    if (language.articles.has(lower)) return at;
    if (
      (!isWord(tokens[at]) && !/^['’]s$/.test(lower)) ||
      language.prepositions.has(lower) ||
      language.auxiliaries.has(lower) ||
      language.questionWords.has(lower) ||
      language.relativePronouns.has(lower)
    ) {
      return undefined;
    }
  }
  return undefined;
}

/** True if a relative clause begins with its own subject, so that the noun is its object. */
function startsWithSubject(token: Token, language: RuleLanguage): boolean {
  return isName(token, language) || language.articles.has(token.lower) || language.pronouns.has(token.lower);
}

/**
 * Where a description that opens at `from`, its clause at `clause`, ends: before the verb of a question word that comes
 * later (`the actor who plays X` | `also starred in what film`), before what closes an inverted question (`did the author
 * of X` | `die`), else at the end. Returns `clause` where a verb should be and none is found.
 */
function descriptionEnd(tokens: readonly Token[], from: number, clause: number, language: RuleLanguage): number {
  const { auxiliaries, doAuxiliaries, bareVerbs, closers, adverbs, prepositions } = language;
  const asking = askingWord(tokens, language);
  if (asking > clause && tokens[asking - 1]!.text === ',') return asking - 1;
  if (asking > clause) {
    // What has its verb before it is no subject; its own clause then runs into the words that ask.
    if (tokens.slice(0, from).some(({ text }) => isFinite(text, language))) return clause;
    let at = asking - 1;
    while (at > clause && !isFinite(tokens[at]!.text, language)) at--;
    while (at > clause + 1 && (auxiliaries.has(tokens[at - 1]!.lower) || adverbs.has(tokens[at - 1]!.lower))) at--;
    return at;
  }
  const opener = tokens[from - 1]?.lower ?? '';
  if (doAuxiliaries.has(opener)) {
    for (let at = tokens.length - 1; at > clause; at--) if (bareVerbs.has(tokens[at]!.lower)) return at;
    // No verb of the list: "the state where X is located | reinstate …"
    const closed = tokens.findIndex(
      (token, at) => at > clause && closers.has(token.lower) && !prepositions.has(token.lower),
    );
    return closed < 0 ? clause : closed + 1;
  } else if (auxiliaries.has(opener)) {
    let at = tokens.length;
    while (at > clause + 1 && prepositions.has(tokens[at - 1]!.lower) && closers.has(tokens[at - 1]!.lower)) at--;
    if (at > clause + 1 && closes(tokens[at - 1]!.lower, language)) at--;
    return at;
  }
  const comma = tokens.findIndex(
    (token, at) =>
      at > clause &&
      token.text === ',' &&
      (auxiliaries.has(tokens[at + 1]?.lower ?? '') || language.questionWords.has(tokens[at + 1]?.lower ?? '')),
  );
  return comma < 0 ? tokens.length : comma;
}

function closes(word: string, { closers, participleEnding }: RuleLanguage): boolean {
  return closers.has(word) || word.endsWith(participleEnding);
}

/** The word that asks: at the beginning (`In which country`), or, where a statement is turned into a question, the last. */
function askingWord(tokens: readonly Token[], language: RuleLanguage): number {
  const { questionWords, auxiliaries, prepositions, relativePronouns, choiceWords } = language;
  if (questionWords.has(tokens[0]!.lower)) return 0;
  if (prepositions.has(tokens[0]!.lower) && questionWords.has(tokens[1]?.lower ?? '')) return 1;
  if (auxiliaries.has(tokens[0]!.lower)) return -1;
  // "In the King's Speech, who played …"
  const comma = tokens.findIndex((token, at) => token.text === ',' && questionWords.has(tokens[at + 1]?.lower ?? ''));
  if (comma > 0 && comma < tokens.length - 3) return comma + 1;
  for (let at = tokens.length - 1; at > 0; at--) {
    const { lower } = tokens[at]!;
    if (!questionWords.has(lower)) continue;
    // Words that also open relative clauses ask only where nothing follows or a preposition or verb goes before.
    const asks = !relativePronouns.has(lower) || choiceWords.has(lower) || at === tokens.length - 1;
    if (asks || prepositions.has(tokens[at - 1]!.lower)) return at;
  }
  return -1;
}

function filled(template: string, noun: string, clause: string): string {
  const text = template.replace('{noun}', () => noun).replace('{clause}', () => clause.replace(/[\s,;:]+$/, ''));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

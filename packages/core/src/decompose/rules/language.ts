/**
 * What the rules know of a language: word lists and templates. The rules themselves hold no word of any language, so
 * that a language of like build (question word first, relative clause after its noun) is added by writing its data.
 */
export interface RuleLanguage {
  /** IETF tag: `en`. */
  readonly tag: string;
  /** Words that ask: who, what, which. */
  readonly questionWords: ReadonlySet<string>;
  /** Of these, the ones that ask for a choice or an amount and take a noun: which, what. */
  readonly choiceWords: ReadonlySet<string>;
  /** Plural to singular auxiliary, and singular to itself: are → is. Keys are all auxiliaries. */
  readonly auxiliaries: ReadonlyMap<string, string>;
  /** Of these, the ones followed by a bare verb (did) and by a participle or adjective (was). */
  readonly doAuxiliaries: ReadonlySet<string>;
  /** Of the auxiliaries, the ones that can be followed by a thing one has: has, had. */
  readonly having: ReadonlySet<string>;
  readonly articles: ReadonlySet<string>;
  /** Of these, the ones for a certain thing: the, this. */
  readonly definite: ReadonlySet<string>;
  readonly prepositions: ReadonlySet<string>;
  /** Small words inside names: of, the, de. */
  readonly nameConnectors: ReadonlySet<string>;
  readonly pronouns: ReadonlySet<string>;
  readonly and: ReadonlySet<string>;
  readonly or: ReadonlySet<string>;
  readonly than: ReadonlySet<string>;
  readonly versus: ReadonlySet<string>;
  readonly both: ReadonlySet<string>;
  /** Words saying that two things are looked at together: same, common, share. */
  readonly together: ReadonlySet<string>;
  /** Opens a list of alternatives: between, among, of. */
  readonly between: ReadonlySet<string>;
  readonly difference: ReadonlySet<string>;
  readonly compare: ReadonlySet<string>;
  /** Joins two clauses: while, whereas, but. */
  readonly clauseJoiners: ReadonlySet<string>;
  /** Comparative or superlative to the question that settles it, `{x}` being one alternative: taller → How tall is {x}? */
  readonly comparisons: ReadonlyMap<string, string>;
  /** Comparison words that ask how many: more, most. */
  readonly counts: ReadonlySet<string>;
  /** Comparison words that ask for a value of the noun after them: larger, older. */
  readonly amounts: ReadonlySet<string>;
  /** Words of time comparison: first, earlier, later. */
  readonly times: ReadonlySet<string>;
  /** Words dropped with a comparison: much, the, of, two. */
  readonly comparisonFillers: ReadonlySet<string>;
  readonly relativePronouns: ReadonlySet<string>;
  /** Of these, where: asked as `{clause} in which {noun}?`; and when. */
  readonly placeRelatives: ReadonlySet<string>;
  readonly timeRelatives: ReadonlySet<string>;
  /** Relative pronouns that a preposition may stand before: in which. */
  readonly governedRelatives: ReadonlySet<string>;
  /** Nouns for a stretch of time that can be found first: war, year. */
  readonly timeNouns: ReadonlySet<string>;
  /** Nouns for a person by relation or work: father, author. */
  readonly personNouns: ReadonlySet<string>;
  /** Nouns for a thing by relation, after a genitive: X's team, X's capital. */
  readonly thingNouns: ReadonlySet<string>;
  /** Of these, the ones for which "the capital of X" is another thing than X, as "the city of X" is not. */
  readonly ofNouns: ReadonlySet<string>;
  /** What stands between such a noun and what it belongs to: of, behind. */
  readonly ofWords: ReadonlySet<string>;
  /** Participles that open a reduced relative clause: directed, containing. */
  readonly participles: ReadonlySet<string>;
  /** Bare verbs that can end an inverted question: die, play. */
  readonly bareVerbs: ReadonlySet<string>;
  /** Finite verbs not made from `bareVerbs` by one of `verbEndings`: won, wrote. */
  readonly verbs: ReadonlySet<string>;
  readonly verbEndings: readonly string[];
  /** What regular participles end in: ed. */
  readonly participleEnding: string;
  /** Verbs that are no nouns, so that no noun is looked for before them: become, wrote. */
  readonly onlyVerbs: ReadonlySet<string>;
  /** Verbs that take two things without a preposition: give. */
  readonly givingVerbs: ReadonlySet<string>;
  /** Words before a bare verb that is said of: to. */
  readonly infinitiveMarks: ReadonlySet<string>;
  /** Pronouns that a name can stand in for: he, it. */
  readonly objectPronouns: ReadonlySet<string>;
  /** Of these, the ones for persons: he, she. */
  readonly personPronouns: ReadonlySet<string>;
  /** Of all pronouns, the ones for several: they, their. */
  readonly pluralPronouns: ReadonlySet<string>;
  /** What regular plurals end in, and the endings that look like it and are none: s; ss, us, is. */
  readonly pluralEnding: string;
  readonly singularEndings: readonly string[];
  /** Said of what happened or of doing something, seldom of a thing, so that "it" stands for no noun: happen, possible. */
  readonly eventWords: ReadonlySet<string>;
  /** Question words that ask about a state, so that the last word before an end says it: why (is the sky blue), how. */
  readonly stateWords: ReadonlySet<string>;
  /** Words that come after a question word and need a noun: (how) many. */
  readonly quantities: ReadonlySet<string>;
  /** Opens what is talked of: about. */
  readonly topicWords: ReadonlySet<string>;
  /** Words for what belongs to one named before: his, its. One may be a pronoun too: her. */
  readonly possessives: ReadonlySet<string>;
  /** Question words that ask for a person: who. */
  readonly personWords: ReadonlySet<string>;
  /** Words that open a setting at the end of a question: in (vitest), with (Python). */
  readonly settings: ReadonlySet<string>;
  /** Words that stand between an auxiliary and its verb, or before a verb: also, been. */
  readonly adverbs: ReadonlySet<string>;
  /** Words that end a question after its subject: born, located. */
  readonly closers: ReadonlySet<string>;
  /** Words beside `closers` that say at the end what is done with a subject, or how it is: sent, ready. */
  readonly saidLast: ReadonlySet<string>;
  /** Words that add nothing to a question: name, called. A rest of only these is no question of its own. */
  readonly empty: ReadonlySet<string>;
  readonly templates: {
    /** `{x}` the alternative. */
    readonly about: string;
    readonly when: string;
    readonly whenSaid: string;
    readonly howMany: string;
    readonly what: string;
    /** `{noun}`, `{clause}`. */
    readonly whichSubject: string;
    readonly whichObject: string;
    readonly whichPlace: string;
    readonly whichTime: string;
    /** `{x}` the owner. */
    readonly whose: string;
    readonly whosePlural: string;
    readonly whoIs: string;
    readonly whatIs: string;
  };
}

import type { RuleLanguage } from './language.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

const how = (base: string, forms: string): [string, string][] =>
  forms.split(' ').map((form) => [form, `How ${base} {be} {x}?`]);

/** English. Lists were written from the grammar and extended on the odd-numbered questions of the development data. */
export const english: RuleLanguage = {
  tag: 'en',
  questionWords: words('who whom whose what which where when why how'),
  choiceWords: words('what which whose'),
  auxiliaries: new Map([
    ['is', 'is'],
    ['are', 'is'],
    ['was', 'was'],
    ['were', 'was'],
    ['do', 'does'],
    ['does', 'does'],
    ['did', 'did'],
    ['has', 'has'],
    ['have', 'has'],
    ['had', 'had'],
    ['can', 'can'],
    ['could', 'could'],
    ['will', 'will'],
    ['would', 'would'],
    ['should', 'should'],
  ]),
  doAuxiliaries: words('do does did can could will would should'),
  having: words('has have had'),
  articles: words('the a an this these those'),
  definite: words('the this these those'),
  prepositions: words(
    'of in on at by for from to with into about after before during as under over between through within near against upon along behind besides',
  ),
  nameConnectors: words(
    "of the de la le du di da van von der den del y e for to in on at a an 's - & v v. vs. : . ' ’ / and et und",
  ),
  pronouns: words('he she it they him her them his hers its their this that these those you i we me us one there'),
  and: words('and &'),
  or: words('or'),
  than: words('than'),
  versus: words('vs vs. versus'),
  both: words('both'),
  together: words('both same common share shared each either different together'),
  between: words('between among amongst'),
  difference: words('difference differences differ distinction similarity similarities'),
  compare: words('compare contrast distinguish comparing comparison'),
  clauseJoiners: words('while whereas'),
  comparisons: new Map([
    ...how('tall', 'taller tallest'),
    ...how('high', 'higher highest'),
    ...how('large', 'larger largest'),
    ...how('big', 'bigger biggest'),
    ...how('small', 'smaller smallest'),
    ...how('long', 'longer longest'),
    ...how('short', 'shorter shortest'),
    ...how('deep', 'deeper deepest'),
    ...how('wide', 'wider widest'),
    ...how('heavy', 'heavier heaviest'),
    ...how('fast', 'faster fastest'),
    ...how('old', 'older oldest elder eldest younger youngest'),
    ...how('far', 'farther further farthest furthest'),
    ...how('new', 'newer newest'),
    ...how('expensive', 'cheaper cheapest'),
    ...how('populous', 'populous'),
    ...how('strong', 'stronger strongest'),
    ...how('warm', 'warmer warmest hotter hottest colder coldest'),
  ]),
  counts: words('more most fewer fewest less least'),
  amounts: words(
    'greater greatest larger largest bigger biggest higher highest lower lowest smaller smallest longer longest older oldest younger youngest wider better best',
  ),
  times: words('first earlier earliest later latest sooner last recently before after'),
  comparisonFillers: words('the a an much far of two be'),
  relativePronouns: words('who whom that which whose where when'),
  placeRelatives: words('where'),
  timeRelatives: words('when'),
  governedRelatives: words('which whom whose'),
  timeNouns: words('war conflict battle year decade century era period season event crisis revolution dynasty reign'),
  personNouns: words(`
    father mother parent parents son daughter child children brother sister sibling siblings spouse husband wife widow
    partner fiance fiancee girlfriend boyfriend grandfather grandmother grandson granddaughter uncle aunt cousin nephew
    niece stepfather stepmother author writer creator director producer composer singer performer actor actress artist
    painter sculptor founder co-founder inventor discoverer designer architect developer publisher editor owner
    president king queen emperor leader ruler monarch governor mayor chairman ceo commander captain coach manager winner
    host narrator voice player star lyricist songwriter screenwriter novelist playwright poet employer successor
    predecessor teacher mentor student namesake illustrator translator conductor`),
  thingNouns: words(`
    birthplace hometown capital headquarters county country state province region city town continent river mountain
    team club band group label network company organization institution university college school employer party league
    sequel prequel album film movie novel series adaptation parent subsidiary location venue publisher manufacturer
    successor predecessor territory district municipality birthdate`),
  ofNouns: words(`
    birthplace hometown capital headquarters sequel prequel adaptation parent subsidiary location venue manufacturer
    publisher successor predecessor`),
  ofWords: words('of behind'),
  participles: words(`
    containing sharing directed written composed produced created founded designed built owned published located played
    starring featuring playing based portrayed voiced sung performed recorded released developed
    established led invented discovered painted born married situated held bordering voicing portraying adapted
    manufactured operated headquartered hosted narrated edited`),
  bareVerbs: words(`
    die live marry win attend play begin come have study graduate start end join flow receive belong serve work become
    write direct produce lead found create make take move go leave voice sing record release star appear perform sign
    run hold get give say call use represent compete finish rule reign fight occur happen share teach publish cross
    empty drain think agree change lose pass reach open close help want originate grow border speak follow precede`),
  verbs: words(`
    starred won wrote sang led made took went left held gave said began became came had ran got knew fought spoke grew met built
    includes contains features stars plays lives serves leads produces`),
  verbEndings: ['s', 'es', 'ed', 'd', 'ing'],
  participleEnding: 'ed',
  onlyVerbs: words(`
    become became write wrote begin began belong come came go went get got give gave take took keep kept knew grew sang
    exist remain apply accept require contain include depend describe explain ignore fail throw threw appear
    survive expire happen occur arrive receive publish provide achieve allow`),
  givingVerbs: words(
    'give gave send sent tell told ask show pay paid offer teach taught sell sold lend lent bring brought',
  ),
  infinitiveMarks: words('to'),
  objectPronouns: words('he she it they him her them'),
  personPronouns: words('he she him her his'),
  pluralPronouns: words('they them their'),
  pluralEnding: 's',
  singularEndings: ['ss', 'us', 'is'],
  eventWords: words(`
    happen occur take took notice discover detect know knew known report announce confirm expect predict plan cause
    prevent avoid allow permit need matter mean help hurt surprise explain regret decide necessary possible impossible
    important likely true safe legal worth wise okay time decision idea mistake reason problem`),
  stateWords: words('why how'),
  quantities: words('many much'),
  topicWords: words('about regarding concerning'),
  possessives: words('his her its their'),
  personWords: words('who'),
  settings: words('in with for on using under'),
  adverbs: words(`
    also been not never now currently previously formerly originally officially still once later already again yesterday
    today recently so too very first last`),
  closers: words(`
    born found located educated crowned established founded buried named called formed released published built made killed
    chartered dissolved created situated based assassinated married elected appointed held played known raised
    discovered invented signed headquartered from in on for at with of to`),
  saidLast: words(`
    written rewritten rebuilt stored kept sent thrown chosen hidden broken spoken bought brought caught done drawn driven
    fed forgotten frozen given grown heard laid led lost met paid seen sold shown spent stolen taken taught told understood
    won worn due ready available`),
  empty: words(
    'last term name names title person one ones thing list there called known given first full real exact any other',
  ),
  templates: {
    about: 'What is {x}?',
    when: 'When {aux} {x} {verb}?',
    whenSaid: '{x} {verb} when?',
    howMany: 'how many',
    what: 'what',
    whichSubject: 'Which {noun} {clause}?',
    whichObject: '{clause} which {noun}?',
    whichPlace: '{clause} in which {noun}?',
    whichTime: '{clause} during which {noun}?',
    whose: "{x}'s",
    whosePlural: "{x}'",
    whoIs: 'Who is {x}?',
    whatIs: 'What is {x}?',
  },
};

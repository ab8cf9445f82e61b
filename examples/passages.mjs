// What the examples search: short passages with an id, a title and a text, so that every example finds the same things.
export const passages = [
  [
    'lovelace',
    'Ada Lovelace',
    'Ada Lovelace was born in London in 1815 and published the first program for a machine that was never finished.',
  ],
  [
    'babbage',
    'Charles Babbage',
    'Charles Babbage was born in London in 1791. He designed the difference engine and later the analytical engine.',
  ],
  [
    'engine',
    'The analytical engine',
    'The analytical engine was to have a mill and a store, and to read its program from punched cards.',
  ],
  [
    'loom',
    'The Jacquard loom',
    'The loom of Joseph Marie Jacquard wove patterns that were stored on punched cards, from 1804 on.',
  ],
  [
    'turing',
    'Alan Turing',
    'Alan Turing described in 1936 a machine that can compute whatever can be computed. He was born in London in 1912.',
  ],
  ['hopper', 'Grace Hopper', 'Grace Hopper wrote one of the first compilers in 1952 and worked on the language COBOL.'],
  [
    'cobol',
    'COBOL',
    'COBOL is a programming language for business, designed in 1959 by a committee on the basis of FLOW-MATIC.',
  ],
  [
    'fortran',
    'Fortran',
    'Fortran was made by a team of IBM under John Backus and released in 1957, for numerical work.',
  ],
  [
    'enigma',
    'The Enigma',
    'The Enigma was a cipher machine with rotors. Polish mathematicians broke it first, in 1932.',
  ],
  [
    'bombe',
    'The bombe',
    'The bombe searched for the daily settings of the Enigma. Alan Turing and Gordon Welchman designed the British one.',
  ],
  [
    'transistor',
    'The transistor',
    'The transistor was shown at Bell Labs in 1947 by John Bardeen, Walter Brattain and William Shockley.',
  ],
  [
    'unix',
    'Unix',
    'Unix was begun at Bell Labs in 1969 by Ken Thompson and Dennis Ritchie, who also made the language C.',
  ],
  ['web', 'The Web', 'Tim Berners-Lee proposed the World Wide Web at CERN in 1989, and wrote the first browser.'],
  ['london', 'London', 'London lies on the Thames. Many engineers were born, lived or showed their machines there.'],
  ['thames', 'The Thames', 'The Thames flows through London and reaches the North Sea; its tide turns twice a day.'],
  ['cats', 'Cats', 'Cats sleep for most of the day and hunt at dawn and dusk.'],
].map(([id, title, text]) => ({ id, title, text }));

/** The text of a question or passage as a vector: words hashed into 512 places, of length 1. Computed here, from nothing. */
export function embed(text) {
  const vector = Array.from({ length: 512 }, () => 0);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    let hash = 2166136261;
    for (const letter of word.slice(0, 6)) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
    vector[hash % 512] += 1 / Math.sqrt(1 + word.length);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

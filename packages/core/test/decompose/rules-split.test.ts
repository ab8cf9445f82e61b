import { describe, expect, it } from 'vitest';
import { split } from './split.ts';

describe('decomposeByRules splits', () => {
  it.each([
    // comparisons
    ['Who is older, Annie Morton or Terry Richardson?', ['How old is Annie Morton?', 'How old is Terry Richardson?']],
    [
      'Which building is taller Bertelsmann Building or 432 Park Avenue?',
      ['How tall is Bertelsmann Building?', 'How tall is 432 Park Avenue?'],
    ],
    [
      'Is the Eiffel Tower taller than the Chrysler Building?',
      ['How tall is the Eiffel Tower?', 'How tall is the Chrysler Building?'],
    ],
    [
      'Which band, Letters to Cleo or Screaming Trees, had more members?',
      ['Letters to Cleo had how many members?', 'Screaming Trees had how many members?'],
    ],
    [
      'Which town has a greater population, Minden, Nevada or Gardnerville, Nevada?',
      ['Minden, Nevada has what population?', 'Gardnerville, Nevada has what population?'],
    ],
    ['Between Parsifal and Tosca, which has more acts?', ['Parsifal has how many acts?', 'Tosca has how many acts?']],
    ['Which lake is currently deeper, Como or Garda?', ['How deep is Como?', 'How deep is Garda?']],
    ['Between the films Jaws and Alien, which is older?', ['How old is Jaws?', 'How old is Alien?']],
    [
      'Which company has offices in Oslo, Acme or Globex?',
      ['Acme has offices in Oslo?', 'Globex has offices in Oslo?'],
    ],
    // comparison in time
    [
      'Who was born first, Iain Pears or Richard Llewellyn?',
      ['When was Iain Pears born?', 'When was Richard Llewellyn born?'],
    ],
    [
      "Which board game was published most recently, Pirate's Cove or Catan?",
      ["When was Pirate's Cove published?", 'When was Catan published?'],
    ],
    ['What film came out first, All the Marbles or Jaws?', ['All the Marbles came out when?', 'Jaws came out when?']],
    // alternatives without a comparison, and superlatives
    [
      "Which company is based in Kentucky, Vocelli Pizza or Fazoli's?",
      ['Is Vocelli Pizza based in Kentucky?', "Is Fazoli's based in Kentucky?"],
    ],
    [
      'Which music group has the most members, DC Talk, or Manchester Orchestra?',
      ['DC Talk has how many members?', 'Manchester Orchestra has how many members?'],
    ],
    [
      'Which is longest, the Rhine, the Elbe or the Danube?',
      ['How long is the Rhine?', 'How long is the Elbe?', 'How long is the Danube?'],
    ],
    // two of a kind
    [
      'Are both Elko Airport and Gerald R. Ford Airport located in Michigan?',
      ['Is Elko Airport located in Michigan?', 'Is Gerald R. Ford Airport located in Michigan?'],
    ],
    [
      'What do Susan Stafford and Vanna White have in common?',
      ['What does Susan Stafford have in common?', 'What does Vanna White have in common?'],
    ],
    [
      'Which NFL team did both Don Looney and DeSean Jackson play for?',
      ['Which NFL team did Don Looney play for?', 'Which NFL team did DeSean Jackson play for?'],
    ],
    [
      'Are Aladdin and Song of the South produced by the same company?',
      ['Is Aladdin produced by the same company?', 'Is Song of the South produced by the same company?'],
    ],
    [
      'Where are Teide National Park and Garajonay National Park located?',
      ['Where is Teide National Park located?', 'Where is Garajonay National Park located?'],
    ],
    ['difference between rn and bsn', ['What is rn?', 'What is bsn?']],
    ['what is wifi vs bluetooth', ['What is wifi?', 'What is bluetooth?']],
    // bridges
    [
      'Who is the father of the person who issued the Tamworth manifesto?',
      ['Which person issued the Tamworth manifesto?', 'Who is the father of #1? [0]'],
    ],
    [
      'What is the seat of the county where Van Hook Township is located?',
      ['Van Hook Township is located in which county?', 'What is the seat of #1? [0]'],
    ],
    [
      'Who is the leader of the party that John Lynch is a member of?',
      ['John Lynch is a member of which party?', 'Who is the leader of #1? [0]'],
    ],
    [
      'According to the 2001 census, what was the population of the city in which Kirton End is located?',
      ['Kirton End is located in which city?', 'According to the 2001 census, what was the population of #1? [0]'],
    ],
    [
      'Where is the province containing Bandar-e Gaz County located?',
      ['Which province containing Bandar-e Gaz County?', 'Where is #1 located? [0]'],
    ],
    [
      'What year did the author of The First Blast of the Trumpet die?',
      ['Who is the author of The First Blast of the Trumpet?', 'What year did #1 die? [0]'],
    ],
    [
      'The actor that plays Joe MacMillan also starred in what horror film?',
      ['Which actor plays Joe MacMillan?', '#1 also starred in what horror film? [0]'],
    ],
    // a statement whose last clause asks
    [
      'Procter & Gamble Co. was founded by an American candlemaker who died in what year?',
      ['Procter & Gamble Co. was founded by which American candlemaker?', '#1 died in what year? [0]'],
    ],
    [
      'What is the name of the producer of the film that has a score composed by Jerry Goldsmith?',
      ['Which film has a score composed by Jerry Goldsmith?', 'What is the name of the producer of #1? [0]'],
    ],
    // what closes the question closes it behind a description within a description, too
    [
      'Where was the director of the film that starred Ada Lovelace born?',
      ['Which film starred Ada Lovelace?', 'Who is the director of #1? [0]', 'Where was #2 born? [1]'],
    ],
    [
      'Where did the author of the book that inspired Dune die?',
      ['Which book inspired Dune?', 'Who is the author of #1? [0]', 'Where did #2 die? [1]'],
    ],
    [
      'Which city is the birthplace of the actress who starred in Dune located in?',
      ['Which actress starred in Dune?', 'What is the birthplace of #1? [0]', 'Which city is #2 located in? [1]'],
    ],
    // but not what is the clause's own
    [
      'What is the population of the city where Ada Lovelace was born?',
      ['Ada Lovelace was born in which city?', 'What is the population of #1? [0]'],
    ],
    [
      'What is the capital of the country that Ada Lovelace came from?',
      ['Ada Lovelace came from which country?', 'What is the capital of #1? [0]'],
    ],
    [
      'What is the city where the author of Dune lived?',
      ['Who is the author of Dune?', 'What is the city where #1 lived? [0]'],
    ],
    [
      'When was the book that Ada Lovelace wrote published?',
      ['Ada Lovelace wrote which book?', 'When was #1 published? [0]'],
    ],
    [
      'Who did the original voice of the character that Mila Kunis plays in Family Guy?',
      ['Mila Kunis plays in Family Guy which character?', 'Who did the original voice of #1? [0]'],
    ],
    [
      'What city was the author of What We Talk About When We Talk About love born in?',
      ['Who is the author of What We Talk About When We Talk About love?', 'What city was #1 born in? [0]'],
    ],
    ['Who met the author of Dune moving to Rome?', ['Who is the author of Dune?', 'Who met #1 moving to Rome? [0]']],
    // possessives
    ["What team was Anna Benson's husband on?", ["Who is Anna Benson's husband?", 'What team was #1 on? [0]']],
    [
      "Who is the father of Edward Baring, 1st Baron Revelstoke's father?",
      ["Who is Edward Baring, 1st Baron Revelstoke's father?", 'Who is the father of #1? [0]'],
    ],
    // a chain, and a side that is itself nested
    [
      'Who is the mother of the wife of the son of the author of Dune?',
      [
        'Who is the author of Dune?',
        'Who is the son of #1? [0]',
        'Who is the wife of #2? [1]',
        'Who is the mother of #3? [2]',
      ],
    ],
    [
      'In A League of Their Own, who played the husband of the actress who played Thelma in Thelma and Louise?',
      [
        'Which actress played Thelma in Thelma and Louise?',
        'Who is the husband of #1? [0]',
        'In A League of Their Own, who played #2? [1]',
      ],
    ],
    [
      'Who is older, the director of Jaws or the author of Dune?',
      ['Who is the director of Jaws?', 'How old is #1? [0]', 'Who is the author of Dune?', 'How old is #3? [2]'],
    ],
  ])('%s', async (question, expected) => {
    expect(await split(question)).toEqual(expected);
  });
});

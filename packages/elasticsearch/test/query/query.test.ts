import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainQueryString } from '../../src/query/plain-query-string.ts';
import { plainSimpleQueryString } from '../../src/query/plain-simple-query-string.ts';
import { queryOfRequest } from '../../src/query/query-of-request.ts';

const text = 'how do bees find home';
const standard = { standard: { query: { match: { body: text } } } };

describe('the question of a request', () => {
  it.each([
    ['match', { query: { match: { body: text } } }],
    ['match with options', { query: { match: { body: { query: text, operator: 'and' } } } }],
    ['match_phrase', { query: { match_phrase: { body: text } } }],
    ['match_phrase_prefix', { query: { match_phrase_prefix: { body: { query: text } } } }],
    ['match_bool_prefix', { query: { match_bool_prefix: { body: text } } }],
    ['multi_match', { query: { multi_match: { query: text, fields: ['a', 'b'] } } }],
    ['combined_fields', { query: { combined_fields: { query: text, fields: ['a'] } } }],
    ['query_string', { query: { query_string: { query: `body:(${text})` } } }],
    ['simple_query_string', { query: { simple_query_string: { query: `${text} -wasps` } } }],
    [
      'simple_query_string beside query_string',
      {
        query: {
          bool: { should: [{ simple_query_string: { query: text } }, { query_string: { query: `body:(${text})` } }] },
        },
      },
    ],
    ['semantic', { query: { semantic: { field: 'body', query: text } } }],
    ['sparse_vector', { query: { sparse_vector: { field: 'body', inference_id: 'x', query: text } } }],
    ['text_expansion', { query: { text_expansion: { body: { model_id: 'x', model_text: text } } } }],
    [
      'the same text twice',
      { query: { bool: { must: { match: { a: text } }, should: [{ match: { b: `${text} ` } }] } } },
    ],
    [
      'not filters',
      {
        query: {
          bool: { must: { match: { a: text } }, filter: { match: { b: 'x' } }, must_not: [{ match: { b: 'y' } }] },
        },
      },
    ],
    ['dis_max', { query: { dis_max: { queries: [{ match: { a: text } }] } } }],
    ['boosting', { query: { boosting: { positive: { match: { a: text } }, negative: { match: { a: 'wasps' } } } } }],
    ['nested', { query: { nested: { path: 'p', query: { match: { 'p.a': text } } } } }],
    [
      'function_score',
      { query: { function_score: { query: { match: { a: text } }, functions: [{ filter: { match: { a: 'z' } } }] } } },
    ],
    ['script_score', { query: { script_score: { query: { match: { a: text } }, script: { source: '_score' } } } }],
    ['has_child', { query: { has_child: { type: 'c', query: { match: { a: text } } } } }],
    ['pinned', { query: { pinned: { ids: ['1'], organic: { match: { a: text } } } } }],
    [
      'knn by text',
      { knn: { field: 'v', query_vector_builder: { text_embedding: { model_id: 'm', model_text: text } } } },
    ],
    [
      'several knn',
      { knn: [{ field: 'v', query_vector: [1] }, { query_vector_builder: { text_embedding: { model_text: text } } }] },
    ],
    [
      'knn as a query',
      { query: { knn: { field: 'v', query_vector_builder: { text_embedding: { model_text: text } } } } },
    ],
    ['retriever standard', { retriever: standard }],
    ['retriever knn', { retriever: { knn: { query_vector_builder: { text_embedding: { model_text: text } } } } }],
    ['retriever rrf', { retriever: { rrf: { retrievers: [standard, { knn: { field: 'v', query_vector: [1] } }] } } }],
    ['retriever rrf, weighted', { retriever: { rrf: { retrievers: [{ retriever: standard, weight: 2 }] } } }],
    ['retriever rrf, short form', { retriever: { rrf: { query: text, fields: ['a', 'b'] } } }],
    ['retriever linear', { retriever: { linear: { retrievers: [{ retriever: standard, weight: 2 }] } } }],
    [
      'retriever rescorer',
      {
        retriever: { rescorer: { retriever: standard, rescore: { query: { rescore_query: { match: { a: 'x' } } } } } },
      },
    ],
    [
      'text_similarity_reranker',
      { retriever: { text_similarity_reranker: { retriever: standard, inference_text: text } } },
    ],
    ['q', { q: `body:(${text})` }],
    ['a legacy body', { body: { query: { match: { body: text } } } }],
  ])('is found in %s', (_, request) => {
    expect(queryOfRequest(request)).toBe(text);
  });

  it.each([
    ['nothing', {}],
    ['match_all', { query: { match_all: {} } }],
    ['a vector', { knn: { field: 'v', query_vector: [1] } }],
    ['a term', { query: { term: { tag: 'x' } } }],
    ['a filter alone', { query: { bool: { filter: { match: { a: text } } } } }],
    ['a regular expression', { query: { query_string: { query: '/be[e]s/' } } }],
    ['blank text', { query: { match: { a: '  ' } } }],
  ])('is not to be found in %s', (_, request) => {
    expect(queryOfRequest(request)).toBeUndefined();
  });

  it('is not guessed where two are asked', () => {
    const request = { query: { bool: { should: [{ match: { a: 'bees' } }, { match: { b: 'wasps' } }] } } };
    expect(() => queryOfRequest(request)).toThrow(/2 different texts \("bees", "wasps"\).*rerank\.query/u);
  });
});

describe('the words of a query string', () => {
  it.each([
    ['quick brown', 'quick brown'],
    ['title:quick AND body:brown', 'quick brown'],
    ['"quick brown" fox', 'quick brown fox'],
    ['+quick -slow !lazy NOT dull fox', 'quick fox'],
    ['(quick OR brown) AND fox', 'quick brown fox'],
    ['quick~2 fox^3 "a b"~4', 'quick fox a b'],
    ['qui* fox', 'qui fox'],
    ['quick | brown + fox', 'quick brown fox'],
    ['-"slow dog" fox', 'fox'],
    ['-title:slow fox', 'fox'],
    ['mother-in-law e-mail', 'mother-in-law e-mail'],
    ['C\\+\\+ a\\:b', 'C++ a:b'],
    ['meta.title:fox', 'fox'],
    ['what is AND gate', 'what is gate'],
    ['bees: how?', 'bees: how?'],
  ])('of %s are %s', (given, words) => {
    expect(plainQueryString(given)).toBe(words);
  });

  it.each(['[1 TO 5]', 'year:{2000 TO *}', '/ab+c/', 'age:>10', '-slow', ''])('are none in %s', (given) => {
    expect(plainQueryString(given)).toBeUndefined();
  });
});

describe('the words of a simple query string', () => {
  it.each([
    ['quick brown', 'quick brown'],
    ['"quick brown" fox', 'quick brown fox'],
    ['+quick -slow fox', 'quick fox'],
    ['(quick | brown) + fox', 'quick brown fox'],
    ['quick|brown', 'quick brown'],
    ['quick~2 "a b"~4 fox', 'quick a b fox'],
    ['qui* fox', 'qui fox'],
    ['-"slow dog" fox -(lazy cat)', 'fox'],
    ['mother-in-law e-mail - C++ 2*3', 'mother-in-law e-mail - C++ 2*3'],
    ['the option --verbose', 'the option --verbose'],
    ['a\\-b \\"c \\-d', 'a-b "c -d'],
    ['home ~ /usr/bin', 'home ~ /usr/bin'],
    // The syntax of query_string is text here.
    ['blood pressure >140', 'blood pressure >140'],
    ['10:30 meeting', '10:30 meeting'],
    ['to be or NOT to be', 'to be or NOT to be'],
    ['salt AND pepper && !sugar OR honey^2', 'salt AND pepper && !sugar OR honey^2'],
    ['Error:404 in /usr/bin/node and /etc', 'Error:404 in /usr/bin/node and /etc'],
    ['years [1990 TO 2000]', 'years [1990 TO 2000]'],
    // Where only negated words stand, they are all there is to compare with.
    ['-slow', 'slow'],
    ['-273', '273'],
    ['-"slow dog" -(lazy | cat*)', 'slow dog lazy cat'],
  ])('of %s are %s', (given, words) => {
    expect(plainSimpleQueryString(given)).toBe(words);
    expect(queryOfRequest({ query: { simple_query_string: { query: given } } })).toBe(words);
  });

  it.each(['', '  ', '*', '"" | + ()'])('are none in %j', (given) => {
    expect(plainSimpleQueryString(given)).toBeUndefined();
  });

  it('are the text itself where it has no operator', () => {
    const word = fc.stringMatching(/^[\p{L}\p{N}:<>=!^&/.,?[\]{}]{1,12}$/u);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(plainSimpleQueryString(words.join(' '))).toBe(words.join(' '));
      }),
    );
  });

  it('are found in any text that has a letter or a digit', () => {
    const hasWord = /[\p{L}\p{N}]/u;
    const piece = fc.constantFrom('+', '|', '-', '"', '*', '(', ')', '~', '~2', '\\', ' ', 'fox', '5', 'e-mail');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const given = pieces.join('');
        const words = plainSimpleQueryString(given);
        expect(hasWord.test(words ?? '')).toBe(hasWord.test(given));
        expect(words?.trim()).toBe(words);
      }),
    );
  });
});

describe('what anybody may type takes time of its length', () => {
  const pieces = [
    ' [',
    ' [ TO',
    '{ TO ',
    ' /',
    ' -(',
    ' -"',
    'NOT ',
    ' a:',
    '*',
    '\\*',
    '~',
    '^1.',
    '+',
    ' ',
    '-',
    '"',
    '(',
  ];
  it.each(pieces)(
    '%j over and over',
    (piece) => {
      const typed = `${piece.repeat(50_000 / piece.length)}x`;
      const started = process.cpuUsage().user;
      plainQueryString(typed);
      plainSimpleQueryString(typed);
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(2000);
    },
    60_000,
  );

  it('and reads the same words: a range is none, nor is a prefix a star within a word', () => {
    expect(plainQueryString('year:[1900 TO 1950]')).toBeUndefined();
    expect(plainQueryString('year:{1900 TO 1950]')).toBeUndefined();
    expect(plainQueryString('bees [sic] TO London]')).toBe('bees [sic] TO London]');
    expect(plainSimpleQueryString('bee** a*b \\** c')).toBe('bee a*b * c');
  });
});

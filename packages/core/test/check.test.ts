import { checkMinScore, inputOrder, SecondpassError, tell } from '@secondpass/core';
import { expect, test } from 'vitest';
import {
  checkInteger,
  checkNumber,
  checkOptionNames,
  checkQuery,
  duplicateIdNotes,
  emit,
  requireInteger,
} from '../src/check.ts';

const candidates = [{ id: 'a', content: 'text' }];
const call = (candidates: unknown, options?: unknown) => inputOrder.rerank('q', candidates as never, options as never);
const messageOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ name: 'SecondpassError', code: 'invalid-argument' });
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

test('an unknown option is named, with the nearest known one', () => {
  expect(messageOf(() => checkOptionNames({ topk: 1 }, ['topK', 'minScore'], 'f()'))).toContain('did you mean "topK"?');
  expect(messageOf(() => checkOptionNames({ topKs: 1 }, ['topK', 'minScore'], 'f()'))).toContain(
    'did you mean "topK"?',
  );
  expect(messageOf(() => checkOptionNames({ limit: 1 }, ['topK', 'minScore'], 'f()'))).toContain(
    'known: topK, minScore',
  );
  checkOptionNames(undefined, [], 'f()');
});

test.each([
  ['a number for options', 5, 'options'],
  ['a misspelt option', { topn: 3 }, 'topn'],
  ['a fractional topK', { topK: 1.5 }, 'topK is 1.5'],
  ['a negative topK', { topK: -1 }, 'topK is -1'],
  ['a threshold that is no number', { minScore: { kind: 'logit', value: Number.NaN } }, 'minScore.value is NaN'],
  ['a threshold without a value', { minScore: { kind: 'logit' } }, 'minScore.value is undefined'],
  ['a threshold of no known kind', { minScore: { kind: 'probabilty', value: 0.5 } }, '"probabilty"'],
  ['a bare number as threshold', { minScore: 0.5 }, 'minScore'],
  ['a deadline that is no number', { deadline: Number.NaN }, 'deadline is NaN'],
  ['a signal that is none', { signal: 'stop' }, 'signal'],
  ['an observer that is no function', { onEvent: 'log' }, 'onEvent'],
])('%s is refused before any work', async (_what, options, fact) => {
  await expect(call(candidates, options)).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(call([], options)).rejects.toThrow(fact);
});

test.each([
  ['no array', 'text', 'takes an array'],
  ['null', null, 'takes an array'],
  ['a bare string', ['text'], 'Candidate 0'],
  ['a hole', [candidates[0], undefined], 'Candidate 1'],
  ['a numeric id', [{ id: 1, content: 'x' }], 'id number'],
  ['no content', [{ id: 'a' }], 'content undefined'],
])('candidates that are %s are refused', async (_what, given, fact) => {
  await expect(call(given)).rejects.toThrow(fact);
});

test('a query must say something', () => {
  for (const query of [
    '',
    ' \n\t',
    '\u200b\ufeff\u0000',
    [],
    [{ type: 'text', text: ' ' }],
    undefined,
    null,
    7,
  ] as never[]) {
    expect(messageOf(() => checkQuery(query, 'r'))).toContain('query');
  }
  checkQuery('dune', 'r');
  checkQuery([{ type: 'image', mediaType: 'image/png', data: new Uint8Array(1) }], 'r');
});

test('number checks name the option, the value and the range', () => {
  expect(messageOf(() => checkNumber('x', Number.NaN))).toBe('x is NaN; it must be a finite number.');
  expect(messageOf(() => checkNumber('x', -1, 0))).toBe('x is -1; it must be a finite number of at least 0.');
  expect(messageOf(() => checkNumber('x', 2, 0, 1))).toBe('x is 2; it must be between 0 and 1.');
  expect(messageOf(() => checkInteger('n', 0.5, 1))).toBe('n is 0.5; it must be an integer of at least 1.');
  expect(messageOf(() => requireInteger('n', undefined as never, 1))).toContain('n is undefined');
  checkInteger('n', undefined, 1);
  checkNumber('x', undefined);
});

test('duplicate ids make one note that names them', () => {
  const list = ['a', 'b', 'a', 'c', 'a'].map((id) => ({ id, content: id }));
  expect(duplicateIdNotes(list, 'r')).toMatchObject([{ code: 'duplicate-id', by: 'r', ids: ['a'] }]);
  expect(duplicateIdNotes(list.slice(0, 2), 'r')).toEqual([]);
});

test('an observer cannot steer, neither by throwing nor by rejecting', async () => {
  const event = { type: 'rerank-start', by: 'r', candidates: 1 } as const;
  let seen = 0;
  emit({ onEvent: () => { seen++; throw new Error('observer'); } }, event); // prettier-ignore
  emit({ onEvent: async () => { seen++; throw new Error('observer'); } }, event); // prettier-ignore
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toBe(2); // An unhandled rejection would fail the run.
});

test('an adapter tells its own observers in the same way', async () => {
  const seen: string[] = [];
  tell(undefined, 'nobody');
  tell((value: string) => { seen.push(value); throw new Error('observer'); }, 'thrown'); // prettier-ignore
  tell(async (value: string) => { seen.push(value); throw new Error('observer'); }, 'rejected'); // prettier-ignore
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['thrown', 'rejected']);
});

test('an adapter checks a threshold where it is configured', () => {
  for (const minScore of [0.5, null, {}, { kind: 'probability' }, { value: 0.5 }] as never[])
    expect(messageOf(() => checkMinScore(minScore))).toContain('minScore');
  checkMinScore(undefined);
  checkMinScore({ kind: 'logit', value: -3 });
});

test('the error class is recognised across copies and carries what a retry needs', () => {
  const error = new SecondpassError('overloaded', 'full', { cause: 'x', retryAfterMs: 50 });
  expect(error).toMatchObject({ retryable: true, retryAfterMs: 50, cause: 'x', name: 'SecondpassError' });
  expect(new SecondpassError('failed', 'no').retryable).toBe(false);
  expect(new SecondpassError('failed', 'no')).not.toHaveProperty('cause');
  expect(SecondpassError.isInstance(error)).toBe(true);
  expect(SecondpassError.isInstance({ [Symbol.for('secondpass.error')]: true })).toBe(true);
  for (const other of [new Error('x'), null, undefined, 'x', {}]) expect(SecondpassError.isInstance(other)).toBe(false);
});

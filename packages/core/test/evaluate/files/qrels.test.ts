import { describe, expect, it } from 'vitest';
import { parseQrels, qrelsOf } from '@secondpass/core/evaluate';

describe('judgments', () => {
  const expected = qrelsOf({ q1: { d1: 2, d2: 0 }, q2: { d1: -1 } });
  it.each([
    ['TREC', 'q1 0 d1 2\nq1 0 d2 0\nq2 0 d1 -1\n'],
    ['TREC with tabs, CRLF and a byte order mark', '\uFEFFq1\t0\td1\t2\r\nq1\tQ0\td2\t0\r\n\r\nq2\t0\td1\t-1'],
    ['BEIR', 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n'],
    ['BEIR with CRLF, a byte order mark and no header', '\uFEFFq1\td1\t2\r\nq1\td2\t0\r\nq2\td1\t-1\r\n'],
    [
      'BEIR with a header after a byte order mark',
      '\uFEFFquery-id\tcorpus-id\tscore\r\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1',
    ],
    [
      'JSON lines after a byte order mark',
      '\uFEFF{"query":"q1","grades":{"d1":2,"d2":0}}\r\n{"query":"q2","grades":{"d1":-1}}',
    ],
    ['JSON lines', '{"query":"q1","grades":{"d1":2,"d2":0}}\n\n{"query":"q2","grades":{"d1":-1}}'],
    ['the same judgment twice', 'q1 0 d1 2\nq1 0 d2 0\nq1 0 d1 2\nq2 0 d1 -1\n'],
  ])('reads %s', (_form, text) => expect(parseQrels(text)).toEqual(expected));

  it('takes the last or the highest of two grades where that is asked for', () => {
    const text = 'q1 0 d1 2\nq1 0 d1 3\nq1 0 d1 1\n';
    expect(parseQrels(text, { conflicts: 'keep-last' })).toEqual(qrelsOf({ q1: { d1: 1 } }));
    expect(parseQrels(text, { conflicts: 'keep-highest' })).toEqual(qrelsOf({ q1: { d1: 3 } }));
    expect(() => parseQrels(text, { conflicts: 'last' as never })).toThrow('conflicts is "last"');
    expect(() => parseQrels(text, { conflict: 'keep-last' } as never)).toThrow('did you mean "conflicts"?');
  });

  it('keeps blanks in BEIR ids', () => {
    expect(parseQrels('query-id\tcorpus-id\tscore\nq 1\td 1\t1\n')).toEqual(qrelsOf({ 'q 1': { 'd 1': 1 } }));
  });

  it.each([
    ['a grade that is no number', 'q1 0 d1 x', 'x:1: the grade is "x"'],
    ['a NaN grade', 'q1 0 d1 1\nq1 0 d2 nan', 'x:2: the grade is "nan"'],
    [
      'two grades for one document',
      'q1 0 d1 1\nq1 0 d1 2',
      'x:2: document "d1" is judged 2 for query "q1" and was judged 1 before',
    ],
    ['two columns', 'q1 d1', 'x:1: judgments have 4 columns'],
    ['a run in place of judgments', 'q1 Q0 d1 1 2.5 t', 'x:1: judgments have 4 columns'],
    ['broken JSON', '{"query":', 'x:1: this line is not JSON'],
    ['JSON of another shape', '{"query":"q1"}', 'x:1: a line of judgments is'],
    ['a JSON grade that is no number', '{"query":"q1","grades":{"d1":null}}', 'x:1: the grade of "d1" is "null"'],
  ])('refuses %s, with file and line', (_what, text, message) => {
    expect(() => parseQrels(text, { name: 'x' })).toThrow(message);
  });
});

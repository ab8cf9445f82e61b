import { describe, expect, it } from 'vitest';
import { nearest, readArguments, UsageError } from '../src/usage.ts';

const options = {
  query: { value: 'TEXT', short: 'q', many: true },
  top: { value: 'N', short: 't' },
  output: { value: 'FILE', short: 'o' },
  device: { value: 'DEVICE', among: ['auto', 'cpu'] },
  json: {},
};

describe('readArguments', () => {
  it('takes --name value, --name=value, -n value, several of what may be repeated, and positionals anywhere', () => {
    const given = readArguments(
      ['docs', '--query', 'a', '-q', 'b', '--query=-c', '--json', '-t3', '--', '--json'],
      options,
    );
    expect(given.positionals).toEqual(['docs', '--json']);
    expect(given.texts('query')).toEqual(['a', 'b', '-c']);
    expect(given.integer('top', 5, 1)).toBe(3);
    expect([given.has('json'), given.has('top')]).toEqual([true, true]);
    expect(readArguments([], options).integer('top', 5, 1)).toBe(5);
    const named = readArguments(['--output', './-', '--query', '-', '--device', 'cpu'], options);
    expect([named.text('output'), named.text('query'), named.text('device')]).toEqual(['./-', '-', 'cpu']);
  });

  it.each([
    [['--qeury', 'x'], 'did you mean "--query"'],
    [['--nothing-like-it'], 'There is no option "--nothing-like-it".'],
    [['-x'], 'There is no option "-x"'],
    [['--query'], '"--query" needs a value'],
    [['--query', '--json'], 'write --query=--json'],
    [['--json=yes'], 'takes no value'],
    [['--top', '1', '--top', '2'], 'given twice'],
    [['--constructor', '1'], 'There is no option'],
    [['--device', 'gpu'], '--device is "gpu"; it must be one of auto, cpu.'],
    [['--device='], '--device is ""; it must be one of auto, cpu.'],
    [['--output', '-'], '"--output" takes a file, not "-"; a file of that name is written ./-'],
    [['-o', '-'], 'takes a file, not "-"'],
  ])('refuses %j', (argv, message) => {
    expect(() => readArguments(argv, options)).toThrow(UsageError);
    expect(() => readArguments(argv, options)).toThrow(message);
  });

  it.each(['0', '-1', '1.5', 'ten', '', '1e3', '99999999999'])('refuses --top=%s', (value) => {
    expect(() => readArguments([`--top=${value}`], options).integer('top', 5, 1)).toThrow(/whole number of at least 1/);
  });

  it('knows a near name only if it is near', () => {
    expect(nearest('serach', ['search', 'rerank'])).toBe('search');
    expect(nearest('x', ['search', 'rerank'])).toBeUndefined();
  });
});

import { fields } from '@secondpass/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const book = {
  title: 'Dune',
  year: 1965,
  authors: [{ name: 'Frank Herbert', born: 1920 }, { name: 'Someone Else' }],
  tags: ['desert', 'spice'],
  publisher: { name: 'Chilton', place: { city: 'Philadelphia' } },
  empty: '',
  none: null,
};

test('names give values, one per line; what is missing leaves no trace', () => {
  expect(fields(['title', 'subtitle', 'empty', 'none', 'year'])(book)).toBe('Dune\n1965');
  expect(fields(['subtitle'])(book)).toBe('');
});

test('labels stand before values and go with them', () => {
  expect(fields({ Title: 'title', Subtitle: 'subtitle', Tags: 'tags' })(book)).toBe('Title: Dune\nTags: desert, spice');
});

test('a template keeps its words, drops lines without any field left, and escapes braces', () => {
  const text = fields('{title} ({year}){{!}}\nSubtitle: {subtitle}\n\nBy { authors.name }, {missing}')(book);
  expect(text).toBe('Dune (1965){!}\n\nBy Frank Herbert, Someone Else, ');
});

test('paths go into objects, every item or one item of a list', () => {
  expect(fields(['publisher.place.city', 'authors.name', 'authors.1.name', 'tags.0'])(book)).toBe(
    'Philadelphia\nFrank Herbert, Someone Else\nSomeone Else\ndesert',
  );
  expect(fields(['a.b'])({ a: [{ b: [1, 2] }, {}, { b: 3 }, null] })).toBe('1, 2, 3');
});

test('a key that holds dots is found, as search engines return them', () => {
  expect(fields(['author.name'])({ 'author.name': 'Herbert' })).toBe('Herbert');
  expect(fields(['a.b.c'])({ a: { 'b.c': 1 } })).toBe('1');
  expect(fields(['a.b.c'])({ 'a.b': { x: 1 }, a: { b: { c: 2 } } })).toBe('2');
});

test('objects become key: value lines, nested ones indented', () => {
  expect(fields(['publisher'])(book)).toBe('name: Chilton\nplace:\n  city: Philadelphia');
  expect(fields({ Publisher: 'publisher' })(book)).toBe(
    'Publisher:\n  name: Chilton\n  place:\n    city: Philadelphia',
  );
  expect(fields(['authors'])(book)).toBe('- name: Frank Herbert\n  born: 1920\n- name: Someone Else');
  expect(fields(['x'])({ x: { text: 'two\nlines', list: [1, 2] } })).toBe('text: two\n  lines\nlist: 1, 2');
});

test('plain values read as one would write them', () => {
  const record = { yes: true, no: false, zero: 0, big: 12n, day: new Date(0), nan: Number.NaN, bad: new Date('?'), f: () => 1, s: Symbol('s'), bytes: new Uint8Array(3), map: {} }; // prettier-ignore
  expect(fields(Object.keys(record))(record)).toBe('true\nfalse\n0\n12\n1970-01-01T00:00:00.000Z');
});

test('only own properties are read', () => {
  const inherited = Object.create({ title: 'from the prototype' }) as object;
  const paths = ['title', 'constructor', 'constructor.name', '__proto__', 'toString', 'tags.length', 'title.length'];
  expect(fields(paths)(inherited)).toBe('');
  expect(fields(['constructor.name', '__proto__.x', 'tags.length', 'name.length'])(book)).toBe('');
  expect(fields(['__proto__'])(JSON.parse('{"__proto__": "own"}') as object)).toBe('own');
});

test('a circle ends where it closes', () => {
  const circle: Record<string, unknown> = { name: 'a' };
  circle['self'] = circle;
  circle['list'] = [circle, 'b'];
  expect(fields({ It: 'self' })({ self: circle })).toContain('name: a');
});

test('nothing that is missing is ever spelt out, and nothing is changed, whatever the record', () => {
  const text = fields({ A: 'a', B: 'a.b', C: 'c.0.d' });
  fc.assert(
    fc.property(
      fc.object({
        key: fc.constantFrom('a', 'b', 'c', 'd', '0'),
        values: [fc.integer(), fc.constantFrom('x', ''), fc.constant(null), fc.constant(undefined)],
      }),
      (record) => {
        // prettier-ignore
        const before = structuredClone(record);
        expect(text(record)).not.toMatch(/undefined|null|\[object|NaN/);
        expect(record).toEqual(before);
      },
    ),
  );
});

test('what is nested without end, as hostile JSON is, is read as far down as anybody nests', () => {
  const nested = (levels: number): object =>
    JSON.parse(`${'{"a":'.repeat(levels)}"deep"${'}'.repeat(levels)}`) as object;
  const lists = JSON.parse(`${'['.repeat(50_000)}"deep"${']'.repeat(50_000)}`) as object;
  const text = fields('{title}\n{more}\n{more.a.b}');
  expect(text({ title: 'Dune', more: nested(60) })).toContain('deep');
  const started = process.cpuUsage().user;
  for (const more of [nested(50_000), lists]) {
    const found = text({ title: 'Dune', more });
    expect(found).toMatch(/^Dune/);
    expect(found).not.toContain('deep');
  }
  expect((process.cpuUsage().user - started) / 1000).toBeLessThan(2000);
});

test('what is no template is refused when it is made', () => {
  for (const wrong of [
    '',
    'no fields',
    '{open',
    'close}',
    '{}',
    '{a..b}',
    [],
    [''],
    ['a.'],
    {},
    { A: '' },
    null,
    5,
    [7],
    { A: 7 },
  ]) {
    // prettier-ignore
    expect(() => fields(wrong as never), JSON.stringify(wrong)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  }
});

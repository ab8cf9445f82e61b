import { SecondpassError } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { passageReader } from '../../src/text/passages-of-hit.ts';
import { valuesAt } from '../../src/text/values-at.ts';
import { recorded, type Note } from '../recorded/recorded.ts';

describe('values at a path', () => {
  it('reads through objects, arrays of objects, and keys with dots', () => {
    const source = { a: { b: 1 }, 'a.b': 2, list: [{ x: 'p' }, { x: ['q', 'r'] }, null, { y: 1 }], zero: 0, no: false };
    expect(valuesAt(source, 'a.b')).toEqual([1, 2]);
    expect(valuesAt(source, 'list.x')).toEqual(['p', 'q', 'r']);
    expect(valuesAt(source, 'zero')).toEqual([0]);
    expect(valuesAt(source, 'no')).toEqual([false]);
    expect(valuesAt(source, 'list.z')).toEqual([]);
    expect(valuesAt(source, 'a.b.c')).toEqual([]);
    expect(valuesAt({ a: { 'b.c': { d: 7 } } }, 'a.b.c.d')).toEqual([7]);
    expect(valuesAt({ a: null }, 'a')).toEqual([]);
    expect(valuesAt(undefined, 'a')).toEqual([]);
    expect(valuesAt({ a: 1 }, '__proto__.x')).toEqual([]);
    expect(valuesAt({ a: 1 }, 'constructor')).toEqual([]);
  });
});

describe('the text of a hit', () => {
  const [hit] = recorded('plain').hits.hits;
  const note: Note = hit!._source!;

  it('is what a path, several paths, a template or a function name', () => {
    expect(passageReader('body')(hit!)).toEqual([note.body]);
    expect(passageReader(['title', 'body'])(hit!)).toEqual([`${note.title}\n${note.body}`]);
    expect(passageReader(['nowhere', 'body'])(hit!)).toEqual([note.body]);
    expect(passageReader('{ title }: {body}')(hit!)).toEqual([`${note.title}: ${note.body}`]);
    expect(passageReader('Title: {title}\nFrom: {author}\n---\n{body}')(hit!)).toEqual([
      `Title: ${note.title}\n---\n${note.body}`,
    ]);
    expect(passageReader('Note by {author}')(hit!)).toEqual([]);
    expect(passageReader('{title}')({ _source: { title: '{body} $& $1', body: 'x' } })).toEqual(['{body} $& $1']);
    expect(passageReader('place')(hit!)).toEqual([`hive: ${note.place.hive}\nweather: ${note.place.weather}`]);
    expect(passageReader('parts.text')(hit!)).toEqual([note.parts.map(({ text }) => text).join(', ')]);
    expect(passageReader(({ _source }) => (_source as Note).title)(hit!)).toEqual([note.title]);
    expect(passageReader(() => undefined)(hit!)).toEqual([]);
    expect(passageReader(() => ['a', ' ', 'b'])(hit!)).toEqual(['a', 'b']);
    expect(passageReader('nowhere')(hit!)).toEqual([]);
    expect(passageReader('number')(hit!)).toEqual([String(note.number)]);
  });

  it('is what a function gives: a text, texts, or nothing; what it does wrong is said with the _id', () => {
    const read = (text: unknown): string[] => passageReader(text as () => string)({ _id: 'h7', _source: {} });
    expect(read(() => 'a')).toEqual(['a']);
    expect(read(() => ['a', null, undefined, '', 'b'])).toEqual(['a', 'b']);
    for (const nothing of [undefined, null, '', ' ', '\u200b', []]) expect(read(() => nothing)).toEqual([]);
    for (const wrong of [5, {}, false, [1], ['a', {}], [['a']], Promise.resolve('a')]) {
      const refusal = { code: 'invalid-argument', message: expect.stringContaining('hit "h7"') as string };
      expect(() => read(() => wrong)).toThrow(expect.objectContaining(refusal));
    }
    const cause = new TypeError('boom');
    const throwing = (): string => {
      throw cause;
    };
    const failure = { code: 'failed', message: expect.stringMatching(/hit "h7".*boom/u) as string, cause };
    expect(() => read(throwing)).toThrow(expect.objectContaining(failure));
    expect(() => passageReader(throwing)({ _source: {} })).toThrow(/a hit without _id/u);
    const inner = { innerHits: 'parts', text: throwing };
    const hit = { _id: 'h8', inner_hits: { parts: { hits: { hits: [{ _id: 'h9', _source: {} }] } } } };
    expect(() => passageReader(inner)(hit as never)).toThrow(/hit "h9".*boom/u);
  });

  it('comes from fields where there is no source, nested ones too', () => {
    expect(passageReader(['a', 'b'])({ _source: { a: 'x' }, fields: { a: ['y'], b: ['z'] } })).toEqual(['x\nz']);
    const [bare] = recorded('withoutSource').hits.hits;
    expect(bare).not.toHaveProperty('_source');
    expect(passageReader('body')(bare!)).toEqual(bare!.fields!['body']);
    expect(passageReader({ each: 'parts.text' })(bare!).length).toBeGreaterThan(0);
  });

  it('comes from fields where the source says null', () => {
    const hit = { _source: { summary: null, meta: { by: null } }, fields: { summary: ['s'], 'meta.by': ['m'] } };
    expect(passageReader(['summary', 'meta.by'])(hit)).toEqual(['s\nm']);
    expect(passageReader({ each: ['summary', 'meta.by'] })(hit)).toEqual(['s', 'm']);
    expect(passageReader('summary')({ _source: { summary: null } })).toEqual([]);
    expect(passageReader('summary')({ _source: { summary: '' }, fields: { summary: ['s'] } })).toEqual([]);
  });

  it('is each value once where both the source and the fields have it', () => {
    const chunks = [{ text: 'one' }, { text: 'two' }];
    const fields = { 'chunks.text': ['one', 'two'], 'chunks.note': ['kept aside'] };
    const both = { _index: 'i', _id: '1', _source: { chunks }, fields };
    expect(passageReader({ each: 'chunks.text' })(both)).toEqual(['one', 'two']);
    expect(passageReader({ each: 'chunks.note' })(both)).toEqual(['kept aside']);
  });

  it('is several passages for each, highlights and inner hits', () => {
    expect(passageReader({ each: 'parts.text' })(hit!)).toEqual(note.parts.map(({ text }) => text));
    expect(passageReader({ each: ['title', 'parts.text'] })(hit!)).toHaveLength(1 + note.parts.length);
    const [rich] = recorded('rich').hits.hits;
    const fragments = rich!.highlight!['body']!;
    expect(fragments.join()).toContain('<em>');
    for (const wanted of [true, 'body', ['body'], []] as const) {
      expect(passageReader({ highlight: wanted })(rich!)).toEqual(
        fragments.map((text) => text.replace(/<\/?em>/gu, '')),
      );
    }
    expect(passageReader({ highlight: 'title' })({ ...rich!, highlight: {} })).toEqual([]);
    const [nested] = recorded('nested').hits.hits;
    const inner = nested!.inner_hits!['parts']!.hits.hits;
    expect(passageReader({ innerHits: 'parts', text: 'text' })(nested!)).toEqual(
      inner.map(({ _source }) => (_source as { text: string }).text),
    );
    expect(passageReader({ innerHits: 'other', text: 'text' })(nested!)).toEqual([]);
  });

  it('loses nothing of a highlighted text but tags in pairs: what looks like one stays', () => {
    const read = (fragment: string) =>
      passageReader({ highlight: true })({ _id: '1', highlight: { code: [fragment] } });
    expect(read('a Map<String, Integer> of <em>names</em>, while a <b && c> d')).toEqual([
      'a Map<String, Integer> of names, while a <b && c> d',
    ]);
    expect(read('<em class="hlt1">Ada</em> met <mark>Babbage</mark>')).toEqual(['Ada met Babbage']);
    expect(read('<p>for <em>all</em> <i\nid="x">x</i> < 5</p>')).toEqual(['for all x < 5']);
  });

  it('takes a moment for a whole field as one fragment, whatever stands in it', () => {
    for (const fragment of [`<${'a'.repeat(100_000)}`, '<a'.repeat(50_000), `${'<a '.repeat(50_000)}</a>`]) {
      const started = process.cpuUsage().user;
      passageReader({ highlight: true })({ _id: '1', highlight: { body: [fragment] } });
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(2000);
    }
  }, 60_000);

  it('refuses what is no text source, with the ways that there are', () => {
    for (const text of ['', [], [''], 7, null, {}, { each: [] }] as never[]) {
      expect(() => passageReader(text)).toThrow(SecondpassError);
      expect(() => passageReader(text)).toThrow(/text is .*field path/u);
    }
    for (const text of ['a..b', '{{title}}', '{title', '{}']) {
      expect(() => passageReader(text)).toThrow(/fields\(\)/u);
    }
  });
});

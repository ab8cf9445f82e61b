import { fields, isBlank, SecondpassError } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import type { TextSource } from './text-source.ts';
import { textsOf } from './texts-of.ts';
import { valuesOfHit } from './values-at.ts';

type Reader = (hit: Hit) => readonly (string | undefined)[];

/**
 * Turns the `text` option into a function from a hit to its passages: one for a hit with one text, none for a hit
 * without text. Blank passages are dropped.
 * @throws SecondpassError `invalid-argument` for what is no text source; where a function is called, as `textsOf`
 */
export function passageReader<H extends Hit>(text: TextSource<H>): (hit: H) => string[] {
  const read = reader(text as TextSource);
  return (hit) => read(hit).filter((passage): passage is string => passage !== undefined && !isBlank(passage));
}

function reader(text: TextSource): Reader {
  if (typeof text === 'function') return (hit) => textsOf(text, hit);
  if (typeof text === 'string' && text !== '') {
    const isTemplate = text.includes('{') || text.includes('}');
    const textOf = fields(isTemplate ? text : [text]);
    return (hit) => [textOf(recordOf(hit))];
  }
  if (isPaths(text)) {
    const textOf = fields(text);
    return (hit) => [textOf(recordOf(hit))];
  }
  if (typeof text === 'object' && text !== null) {
    if ('each' in text && isPaths(listOf(text.each))) return eachOf(listOf(text.each));
    if ('highlight' in text) return (hit) => fragments(hit, text.highlight);
    if ('innerHits' in text) {
      const inner = reader(text.text as TextSource);
      return (hit) => (hit.inner_hits?.[text.innerHits]?.hits.hits ?? []).flatMap((hit) => inner(hit));
    }
  }
  throw new SecondpassError(
    'invalid-argument',
    `text is ${JSON.stringify(text) ?? String(text)}; it must be a field path, a list of paths, a template such as ` +
      `"{title}\\n{body}", { each }, { highlight }, { innerHits, text } or a function.`,
  );
}

/** What is known of a hit by name: the source, and the fields where the source has nothing of that name, or `null`. */
function recordOf({ _source, fields }: Hit): object {
  const known = Object.entries((_source ?? {}) as object).filter(([, value]) => value !== null);
  return { ...fields, ...Object.fromEntries(known) };
}

/** Every value at the paths, each as the text that the core would make of it. */
function eachOf(paths: readonly string[]): Reader {
  const textOf = fields(['value']);
  return (hit) => paths.flatMap((path) => valuesOfHit(hit, path)).map((value) => textOf({ value }));
}

/** Highlight fragments, field by field. */
function fragments(hit: Hit, wanted: true | string | readonly string[]): string[] {
  const highlight = hit.highlight ?? {};
  const names = wanted === true || wanted.length === 0 ? Object.keys(highlight) : listOf(wanted);
  return names.flatMap((name) => highlight[name] ?? []).map(withoutTags);
}

/** Without the tags around the matches: those that are closed again. `List<String>` of a text is none. */
function withoutTags(fragment: string): string {
  const closed = new Set([...fragment.matchAll(/<\/([a-z][\w-]*)/giu)].map(([, name]) => name));
  return fragment.replace(/<\/?([a-z][\w-]*)(?![\w-])[^<>]*>/giu, (tag, name: string) => (closed.has(name) ? '' : tag));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined || value === null ? [] : typeof value === 'string' ? [value] : value;
}

function isPaths(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((path) => typeof path === 'string' && path !== '');
}

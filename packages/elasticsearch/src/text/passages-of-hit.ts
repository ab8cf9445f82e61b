import { SecondpassError } from '@secondpass/core';
import type { Hit } from '../client/search-client.ts';
import { fillTemplate, isTemplate } from './template.ts';
import type { TextSource } from './text-source.ts';
import { textAt, textsAt } from './text-at.ts';

type Reader = (hit: Hit) => readonly string[];

/**
 * Turns the `text` option into a function from a hit to its passages: one for a hit with one text, none for a hit
 * without text. Blank passages are dropped.
 * @throws SecondpassError `invalid-argument` for what is no text source
 */
export function passageReader<H extends Hit>(text: TextSource<H>): (hit: H) => string[] {
  const read = reader(text as TextSource);
  return (hit) => read(hit).filter((passage) => typeof passage === 'string' && passage.trim() !== '');
}

function reader(text: TextSource): Reader {
  if (typeof text === 'function') return (hit) => listOf(text(hit));
  if (typeof text === 'string') {
    if (isTemplate(text)) return (hit) => [fillTemplate(text, hit)];
    if (text !== '') return (hit) => [textAt(hit, text)];
  } else if (isPaths(text)) {
    return (hit) => [
      text
        .map((path) => textAt(hit, path))
        .filter(Boolean)
        .join('\n'),
    ];
  } else if (typeof text === 'object' && text !== null) {
    if ('each' in text && isPaths(listOf(text.each)))
      return (hit) => listOf(text.each).flatMap((path) => textsAt(hit, path));
    if ('highlight' in text) return (hit) => fragments(hit, text.highlight);
    if ('innerHits' in text) {
      const inner = reader(text.text);
      return (hit) => (hit.inner_hits?.[text.innerHits]?.hits.hits ?? []).flatMap((hit) => inner(hit));
    }
  }
  throw new SecondpassError(
    'invalid-argument',
    `text is ${JSON.stringify(text) ?? String(text)}; it must be a field path, a list of paths, a template such as ` +
      `"{{title}}\\n{{body}}", { each }, { highlight }, { innerHits, text } or a function.`,
  );
}

/** Highlight fragments without the tags around the matches, field by field. */
function fragments(hit: Hit, wanted: true | string | readonly string[]): string[] {
  const highlight = hit.highlight ?? {};
  const names = wanted === true || wanted.length === 0 ? Object.keys(highlight) : listOf(wanted);
  return names.flatMap((name) => highlight[name] ?? []).map((fragment) => fragment.replace(/<\/?[a-z][^<>]*>/giu, ''));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined || value === null ? [] : typeof value === 'string' ? [value] : value;
}

function isPaths(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((path) => typeof path === 'string' && path !== '');
}

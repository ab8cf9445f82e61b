// Longer than most files: one template language, from its three spellings to the text of one value.
import { SecondpassError } from './errors.ts';

/**
 * Makes the text of a structured record: what a reranker should read of a hit, a product, a ticket.
 *
 *   fields(['title', 'body'])                  the values, one per line
 *   fields({ Title: 'title', By: 'authors' })  with labels: "Title: Dune"
 *   fields('{title} ({year})\n{body}')         a template; {{ and }} are braces
 *
 * A path goes into objects by dots (`author.name`), into every item of a list (`authors.name`) or one of it
 * (`authors.0`); a key that holds dots itself is found too. Only own properties are read. Lists of plain values are
 * joined by ", "; objects become `key: value` lines as in YAML, nested ones indented.
 * What is missing (undefined, null, blank text, NaN, an empty list or object) is left out together with its label, and a
 * template line whose every field is missing is left out as a whole: never "undefined". All missing gives ''.
 * Objects and lists are read 64 deep; what is nested deeper counts as missing.
 *
 * @example
 * const contentOf = fields(['title', 'body']);
 * const candidates = hits.map((hit) => ({ id: hit._id, content: contentOf(hit._source), hit }));
 * @throws SecondpassError `invalid-argument` for an empty path, a template without fields, or an unmatched brace
 */
export function fields(
  template: string | readonly string[] | Readonly<Record<string, string>>,
): (record: object) => string {
  const lines = parse(template);
  return (record) => lines.flatMap((line) => render(line, record) ?? []).join('\n');
}

/** Nobody nests deeper but who wants the stack to overflow. */
const deepest = 64;

/** Literal text, or the path of a field. */
type Piece = { readonly text: string } | { readonly path: readonly string[] };

function parse(template: string | readonly string[] | Readonly<Record<string, string>>): readonly (readonly Piece[])[] {
  if (typeof template === 'string') {
    const lines = template.split('\n').map(parseLine);
    if (!lines.flat().some((piece) => 'path' in piece))
      refuse(`has no field in "${template}"; write ${asField(template)}`);
    return lines;
  }
  const labelled = !Array.isArray(template);
  if (typeof template !== 'object' || template === null)
    refuse(`takes names, labels or a template, not ${typeof template}`);
  const entries = Object.entries(template as Record<string, unknown>);
  if (entries.length === 0) refuse('has no field; name at least one');
  return entries.map(([label, path]) => {
    const value: Piece = { path: pathOf(path) };
    return labelled ? [{ text: `${label}: ` }, value] : [value];
  });
}

/** How what was written would be a field, where it is but a name. */
const asField = (template: string): string =>
  /^[\w.-]+$/.test(template) ? `"{${template}}" or ["${template}"]` : '{title} for one';

function parseLine(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [token, path] of line.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (path !== undefined) pieces.push({ path: pathOf(path.trim()) });
    else if (token === '{' || token === '}')
      refuse(`has an unmatched "${token}" in "${line}"; write it twice for a brace`);
    else pieces.push({ text: token === '{{' ? '{' : token === '}}' ? '}' : token });
  }
  return pieces;
}

function pathOf(path: unknown): readonly string[] {
  const keys = typeof path === 'string' ? path.split('.') : [];
  if (keys.length === 0 || keys.includes(''))
    refuse(`has the path ${JSON.stringify(path)}; write names joined by dots`);
  return keys;
}

function refuse(fact: string): never {
  throw new SecondpassError('invalid-argument', `fields() ${fact}.`);
}

/** One line, or undefined if it has fields and all of them are missing. Blank lines of a template stay. */
function render(line: readonly Piece[], record: unknown): string | undefined {
  let found = 0;
  let asked = 0;
  let text = '';
  for (const piece of line) {
    if ('text' in piece) text += piece.text;
    else {
      asked++;
      const value = read(record, piece.path);
      const words = textOfValue(value, []);
      if (words === undefined) continue;
      found++;
      if (text.trim() !== '' && standsApart(value, words)) text = `${text.trimEnd()}\n  ${indent(words)}`;
      else text += words;
    }
  }
  return asked > 0 && found === 0 ? undefined : text;
}

/** Follows a path through own properties; the longest key that exists wins, so that "author.name" as a key is found. */
function read(value: unknown, path: readonly string[], depth = 0): unknown {
  if (path.length === 0 || value === undefined || value === null) return value;
  if (typeof value !== 'object' || depth > deepest) return undefined;
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.');
    if (!Object.hasOwn(value, key) || (Array.isArray(value) && key === 'length')) continue;
    const found = read((value as Record<string, unknown>)[key], path.slice(length), depth + 1);
    if (found !== undefined) return found;
  }
  if (!Array.isArray(value)) return undefined;
  const found = value.map((item) => read(item, path, depth + 1)).filter((item) => item !== undefined && item !== null);
  return found.length > 0 ? found.flat() : undefined;
}

/** A value as text; undefined if there is nothing to say. `above` holds the objects it stands in: a circle ends there. */
function textOfValue(value: unknown, above: readonly object[]): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : String(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || above.includes(value) || above.length > deepest) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (ArrayBuffer.isView(value)) return undefined;
  const inside = [...above, value];
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => textOfValue(item, inside) ?? []);
    if (items.length === 0) return undefined;
    return items.some((item) => item.includes('\n'))
      ? items.map((item) => `- ${indent(item)}`).join('\n')
      : items.join(', ');
  }
  const lines = Object.entries(value).flatMap(([key, inner]) => {
    const text = textOfValue(inner, inside);
    if (text === undefined) return [];
    return [standsApart(inner, text) ? `${key}:\n  ${indent(text)}` : `${key}: ${indent(text)}`];
  });
  return lines.length > 0 ? lines.join('\n') : undefined;
}

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

/** True if a value is better read on lines of its own below its label. */
const standsApart = (value: unknown, text: string): boolean =>
  typeof value === 'object' && (text.includes('\n') || !(Array.isArray(value) || value instanceof Date));

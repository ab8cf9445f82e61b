import { fileLines } from './lines.ts';
import { badLine, quote, type Place } from './place.ts';

/** One JSON object of a `.jsonl` file and where it stood. */
export interface JsonLine {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

/** The objects of a JSON-lines file, one at a time; blank lines are passed over. */
export async function* jsonLines(path: string): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const batch of fileLines(path)) {
    for (const text of batch) {
      const place = { file: path, line: ++line };
      if (text.trim() !== '') yield { value: jsonObject(text, place), place };
    }
  }
}

/** A line as a JSON object, or an error with its place. */
export function jsonObject(text: string, place: Place): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badLine(place, `this line is not JSON: ${quote(text)}.`, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw badLine(place, `each line must hold one JSON object; got ${quote(text)}.`);
}

/** A field that names something: a non-empty string, or a whole number, which is taken as its digits. */
export function idField({ value, place }: JsonLine, name: string): string {
  const id = value[name];
  if (typeof id === 'string' && id !== '') return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw badLine(place, `"${name}" must be a non-empty string; got ${quote(JSON.stringify(id) ?? 'nothing')}.`);
}

/** A field of text. Absent or null is empty; anything else that is not a string is an error. */
export function textField({ value, place }: JsonLine, name: string): string {
  const text = value[name] ?? '';
  if (typeof text === 'string') return text;
  throw badLine(place, `"${name}" must be a string; got ${quote(JSON.stringify(text))}.`);
}

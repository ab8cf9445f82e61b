import type { JsonDocument } from './specification.ts';

/** A JSON document as a text: a line `key: value` for every field that has a value, nested keys joined by a dot. */
export function documentText(document: JsonDocument): string {
  return lines('', document).join('\n');
}

function lines(key: string, value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return value.length === 0 ? [] : [`${key}: ${value.join(', ')}`];
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => lines(key === '' ? name : `${key}.${name}`, inner));
  }
  return [`${key}: ${String(value as string | number | boolean)}`];
}

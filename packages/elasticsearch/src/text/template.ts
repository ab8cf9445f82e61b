import type { Hit } from '../client/search-client.ts';
import { textAt } from './text-at.ts';

const slot = /\{\{\s*([^{}]+?)\s*\}\}/gu;

export function isTemplate(text: string): boolean {
  return text.search(slot) !== -1;
}

/**
 * Puts a hit's fields where a template names them. A line that names fields and finds none of them is dropped; if no
 * field at all is found, the text is empty. Values are put in once, so braces inside them mean nothing.
 */
export function fillTemplate(template: string, hit: Hit): string {
  let foundAny = false;
  const lines = template.split('\n').filter((line) => {
    const names = [...line.matchAll(slot)].map((match) => match[1]!);
    const found = names.some((name) => textAt(hit, name) !== '');
    foundAny ||= found;
    return names.length === 0 || found;
  });
  if (!foundAny) return '';
  return lines.map((line) => line.replace(slot, (_, name: string) => textAt(hit, name))).join('\n');
}

import type { DocumentInterface } from '@langchain/core/documents';
import { SecondpassError } from '@secondpass/core';

/**
 * What of a document the reranker reads: a template such as `'{title}\n{pageContent}'`, whose names are `pageContent`
 * or metadata fields (`{loc.section}` reaches inside), or a function. Default: `'{pageContent}'`.
 */
export type DocumentText = string | ((document: DocumentInterface) => string);

const slot = /\{([^{}]+)\}/g;

/**
 * Turns the `text` option into a function. A field that a document lacks reads as nothing, and a line left empty by it
 * is dropped; values are put in once, so braces inside them stay as they are.
 * @throws SecondpassError `invalid-argument` for a template without any `{name}`
 */
export function documentText(text: DocumentText = '{pageContent}'): (document: DocumentInterface) => string {
  if (typeof text === 'function') return text;
  if (text.search(slot) === -1) {
    throw new SecondpassError(
      'invalid-argument',
      `text is ${JSON.stringify(text)}: a template names what to read, such as "{title}\\n{pageContent}".`,
    );
  }
  const lines = text.split('\n');
  return (document) =>
    lines
      .map((line) => line.replace(slot, (_, name: string) => fieldText(document, name.trim())))
      .filter((line, index) => line.trim() !== '' || lines[index]!.trim() === '')
      .join('\n');
}

function fieldText(document: DocumentInterface, name: string): string {
  if (name === 'pageContent') return document.pageContent;
  let value: unknown = document.metadata;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
    value = (value as Record<string, unknown>)[key];
  }
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

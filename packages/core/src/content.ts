import type { Content, Part } from './types.ts';

/** The text of a content: itself, or its text parts joined by a line break. Image parts contribute nothing. */
export function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return content
    .filter((part): part is Extract<Part, { type: 'text' }> => part.type === 'text')
    .map((part) => part.text)
    .join('\n');
}

/** True if a content holds anything but text. */
export function hasImages(content: Content): boolean {
  return typeof content !== 'string' && content.some((part) => part.type !== 'text');
}

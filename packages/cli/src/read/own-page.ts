import { stat } from 'node:fs/promises';
import { readText } from './read-text.ts';

/** What marks the pages that this command writes, so that none is taken for a document where it was written. */
export const ownMark = '<meta name="generator" content="secondpass">';

/** Whether a text is a page that this command wrote. */
export function isOwnPage(text: string): boolean {
  return text.startsWith('<!doctype html>') && text.slice(0, 400).includes(ownMark);
}

/** The same of a file; false where there is none, and for a device or a pipe, which are not read. */
export async function isOwnPageAt(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
  if (!isFile) return false;
  const read = await readText(path);
  return 'text' in read && isOwnPage(read.text);
}

import { extname } from 'node:path';
import { type Candidate, SecondpassError } from '@secondpass/core';
import type { Parsed } from './block.ts';
import type { FoundFile } from './find-files.ts';
import { parseHtml } from './html.ts';
import { parseMarkdown } from './markdown.ts';
import { isOwnPage } from './own-page.ts';
import { parsePlain } from './plain.ts';
import { readText } from './read-text.ts';
import { type Passage, split } from './split.ts';

/** A passage as a candidate: its content is what the reranker reads, headings first. */
export interface PassageCandidate extends Candidate {
  readonly content: string;
  readonly file: string;
  readonly passage: Passage;
}
export interface ReadPassages {
  readonly passages: readonly PassageCandidate[];
  /** Files that gave at least one passage. */
  readonly files: number;
  /** `path: reason`, for each file that gave none or was read with doubts. */
  readonly remarks: readonly string[];
}

/** The parser for a file name: Markdown and HTML by ending, everything else as plain text. */
export function parseDocument(name: string, text: string): Parsed {
  const ending = extname(name).toLowerCase();
  if (['.md', '.mdx', '.markdown', '.mkd'].includes(ending)) return parseMarkdown(text);
  if (['.html', '.htm', '.xhtml'].includes(ending)) return parseHtml(text);
  return parsePlain(text);
}

/**
 * Reads files into passages, in order; pages that this command wrote only where they are named. `onFile` hears how many
 * are done.
 */
export async function readPassages(
  files: readonly FoundFile[],
  onFile?: (done: number) => void,
  signal?: AbortSignal,
): Promise<ReadPassages> {
  const passages: PassageCandidate[] = [];
  const remarks: string[] = [];
  const ids = new Map<string, number>();
  let readable = 0;
  for (const [index, { path, shown, named }] of files.entries()) {
    signal?.throwIfAborted();
    const result = await readText(path);
    onFile?.(index + 1);
    if ('reason' in result) {
      remarks.push(`${shown}: ${result.reason}`);
      continue;
    }
    if (!named && isOwnPage(result.text)) {
      remarks.push(`${shown}: a page that secondpass wrote`);
      continue;
    }
    if (result.remark) remarks.push(`${shown}: ${result.remark}`);
    let cut: readonly Passage[];
    try {
      cut = split(parseDocument(shown, result.text));
    } catch (error) {
      if (!SecondpassError.isInstance(error)) throw error;
      remarks.push(`${shown}: ${error.message}`);
      continue;
    }
    if (cut.length === 0) remarks.push(`${shown}: no text in it`);
    else readable++;
    for (const passage of cut) {
      const place = `${shown}:${passage.firstLine}`;
      const seen = (ids.get(place) ?? 0) + 1;
      ids.set(place, seen);
      const title = passage.headings.join(' > ');
      const content = title === '' ? passage.text : `${title}\n${passage.text}`;
      passages.push({ id: seen === 1 ? place : `${place}#${seen}`, content, file: shown, passage });
    }
  }
  return { passages, files: readable, remarks };
}

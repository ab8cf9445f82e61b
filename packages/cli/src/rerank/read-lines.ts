import type { Readable } from 'node:stream';
import { type Candidate, type Note, SecondpassError } from '@secondpass/core';
import { inputLines } from './input-lines.ts';

/** A line of the input, as text or as the JSON object that it holds. */
export interface LineCandidate extends Candidate {
  readonly content: string;
  /** The line as it was read. */
  readonly raw: string;
}
export type LineFormat = 'lines' | 'jsonl';

/**
 * Candidates from lines. If the first line that is not blank holds a JSON object, every line must: with a string `text`
 * (or `content`, `contents`, `passage`), perhaps a `title`, and an `id` (or `_id`). Else each line is a text. Blank
 * lines are passed over; an id that is not given is the line number. A note says which lines were not UTF-8.
 * @throws SecondpassError `invalid-argument` as `inputLines`, and for a line that is no such object
 */
export async function readLines(
  input: Readable,
  asked: LineFormat | undefined,
  signal: AbortSignal,
): Promise<{
  readonly format: LineFormat;
  readonly candidates: readonly LineCandidate[];
  readonly notes: readonly Note[];
}> {
  const candidates: LineCandidate[] = [];
  let format = asked;
  const { lines, notUtf8 } = await inputLines(input, signal);
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.trim() === '') continue;
    format ??= objectOf(line) ? 'jsonl' : 'lines';
    candidates.push(
      format === 'lines' ? { id: String(number), content: line, raw: line } : recordCandidate(line, number, asked),
    );
  }
  return { format: format ?? 'lines', candidates, notes: notUtf8.length > 0 ? [foreignNote(notUtf8)] : [] };
}

function foreignNote(numbers: readonly number[]): Note {
  return {
    code: 'not-utf-8',
    by: 'standard input',
    message: `${numbers.length} line(s) of the input are not UTF-8 (line ${numbers[0]} is the first); they were read as Windows-1252 and are written as UTF-8.`,
    ids: numbers.map(String),
  };
}

const textFields = ['text', 'content', 'contents', 'passage'];

function recordCandidate(line: string, number: number, asked: LineFormat | undefined): LineCandidate {
  const record = objectOf(line);
  const wrong = (fact: string): SecondpassError =>
    new SecondpassError(
      'invalid-argument',
      `Line ${number} of the input ${fact}: ${JSON.stringify(line.slice(0, 60))}. If the lines are plain text, ${asked ? 'leave it out' : 'add --format lines'}.`,
    );
  if (!record) throw wrong(`is not a JSON object, as ${asked ? '--format jsonl says' : 'the first line was'}`);
  const field = textFields.find((name) => typeof record[name] === 'string');
  if (field === undefined) throw wrong('has no "text" (string)');
  const id = record['id'] ?? record['_id'] ?? number;
  if (typeof id !== 'string' && typeof id !== 'number') throw wrong('has an "id" that is neither text nor a number');
  const title = typeof record['title'] === 'string' && record['title'] !== '' ? `${record['title']}\n` : '';
  return { id: String(id), content: title + String(record[field]), raw: line };
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

// Escape sequences in a document must not reach the terminal, nor may bidirectional controls reorder what is shown.
// eslint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text from a file made safe to print: control characters become spaces, lone surrogates the replacement character. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, ' ').toWellFormed();
}

/** The same on one line: the name of a file may hold line ends, and must not make lines that look like ours. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}

/** A value as a line of JSON. What acts on a terminal is written as an escape, so that the line means the same. */
export function jsonLine(value: unknown): string {
  const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(unsafe, escaped)}\n`;
}

// docs/notes.md names every code of a note or an error that the sources write, and no other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { noteCodes, type SourceText } from './note-codes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Errors on their way out of a worker have the shape of a note, and are none. */
const errorsInTransit = 'packages/core/src/models/runtime/onnx-worker.ts';

const sources = readdirSync(join(root, 'packages'))
  .flatMap((name) => filesBelow(`packages/${name}/src`))
  .filter((file) => file.endsWith('.ts') && file !== errorsInTransit)
  .map((file): SourceText => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const [aboutNotes, aboutErrors] = readFileSync(join(root, 'docs/notes.md'), 'utf8').split(/^## Errors$/m);

/** What the rows of its tables begin with. */
const rowsOf = (text: string): string[] => Array.from(text.matchAll(/^\| `([\w-]+)` \|/gm), ([, code]) => code!);
/** The texts of a union of texts. */
const union = (file: string, start: RegExp): string[] => {
  const [members = ''] = start.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  return Array.from(members.matchAll(/\| '([\w-]+)'/g), ([, code]) => code!);
};

describe('docs/notes.md', () => {
  const rows = rowsOf(aboutNotes!);
  const codes = noteCodes(sources);

  test('has a row for every code that a note is written with', () => {
    expect(codes.size).toBeGreaterThan(30);
    const missing = [...codes].filter(([code]) => !rows.includes(code));
    expect(missing.map(([code, files]) => `${code}, written in ${files.join(' and ')}`)).toEqual([]);
  });

  test('has no row for a code that nothing writes, and none twice', () => {
    expect(rows.filter((code, at) => !codes.has(code) || rows.indexOf(code) !== at)).toEqual([]);
  });

  test('knows the codes that the type of a note suggests', () => {
    const suggested = union('packages/core/src/types.ts', /readonly code:\n(?: {4}\| .+\n)+/);
    expect(suggested).toContain('truncated');
    expect(suggested.filter((code) => !rows.includes(code))).toEqual([]);
  });

  test('has a row for every code of an error, in the order of the type', () => {
    const declared = union('packages/core/src/errors.ts', /export type ErrorCode =\n(?: {2}\| .+\n?)+/);
    expect(declared).toContain('invalid-argument');
    expect(rowsOf(aboutErrors!)).toEqual(declared);
  });
});

test('codes are found where a note is written, on a condition too, and where a helper is told one', () => {
  const text = `
    const message = 'm';
    notes.push({ code: 'plain', by, message });
    notes.push({ code: late ? 'late' : 'early', by, message: 'm' });
    const note = (code: string, ids: string[]) => (ids.length === 0 ? [] : [{ code, by, message }]);
    note('told', ids);
    other('not-told', ids);
    const status = { code: 'no-note' };
    // { code: 'comment', message }
  `;
  const helper = `export function idNotes(by: string, code: string) { return [{ code, by, message: '' }]; }`;
  const elsewhere = `idNotes('by', 'imported'); note('another-file', []);`;
  const found = noteCodes([text, helper, elsewhere].map((one, at) => ({ file: `${at}.ts`, text: one })));
  expect([...found.keys()].sort()).toEqual(['early', 'imported', 'late', 'plain', 'told']);
  expect(found.get('imported')).toEqual(['2.ts']);
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

import type { Note } from './types.ts';

/** Whether a note with one of the codes names a candidate. A note without ids speaks of all. */
export function namedBy(notes: readonly Note[], codes: ReadonlySet<Note['code']>): (id: string) => boolean {
  const such = notes.filter(({ code }) => codes.has(code));
  const ids = new Set(such.flatMap((note) => note.ids ?? []));
  const isAll = such.some((note) => note.ids === undefined);
  return (id) => isAll || ids.has(id);
}

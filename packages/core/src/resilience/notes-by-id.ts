import type { Note } from '../types.ts';

/** What notes say of each candidate that they name; without the other names, so that entries hold no long lists. */
export function notesById(notes: readonly Note[]): ReadonlyMap<string, readonly Note[]> {
  const byId = new Map<string, Note[]>();
  for (const { ids = [], ...said } of notes) {
    for (const id of new Set(ids)) {
      const known = byId.get(id);
      if (known) known.push(said);
      else byId.set(id, [said]);
    }
  }
  return byId;
}

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

/** What a note says, whoever it names: notes that agree in it are one. */
export function wording({ code, by, message }: Note): string {
  return JSON.stringify([code, by, message]);
}

/** Each of some notes once, without what is said already. */
export function unsaid(notes: Iterable<Note>, said: readonly Note[]): Note[] {
  const known = new Set(said.map(wording));
  return [...notes].filter((note) => !known.has(wording(note)) && known.add(wording(note)));
}

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

/** What a call says: its own notes, and those that go with what it found kept, in one note each that names them all. */
export function notesOfKept(
  kept: readonly {
    readonly id: string;
    readonly entry: { readonly notes: readonly Note[]; readonly ofAll: readonly Note[] };
  }[],
  fresh: readonly Note[],
): Note[] {
  const named = new Map<string, { readonly note: Note; readonly ids: string[] }>();
  const ofAll = new Set<Note>();
  for (const { id, entry } of kept) {
    for (const note of entry.notes) {
      const known = named.get(wording(note));
      if (known) known.ids.push(id);
      else named.set(wording(note), { note, ids: [id] });
    }
    for (const note of entry.ofAll) ofAll.add(note);
  }
  const again = [...named.values()].map(({ note, ids }) => ({ ...note, ids, message: `(cached) ${note.message}` }));
  return [...fresh, ...unsaid(ofAll, fresh), ...again];
}

/** What a note says, whoever it names: notes that agree in it are one. */
function wording({ code, by, message }: Note): string {
  return JSON.stringify([code, by, message]);
}

/** Each of some notes once, without what is said already. */
function unsaid(notes: Iterable<Note>, said: readonly Note[]): Note[] {
  const known = new Set(said.map(wording));
  return [...notes].filter((note) => !known.has(wording(note)) && known.add(wording(note)));
}

import type { Note } from '@secondpass/core';

/** The notes of many queries: one for each code, as the first query had it, with how many did and the ids of all. */
export class RepeatedNotes {
  readonly #said = new Map<string, { readonly note: Note; readonly ids: Set<string>; count: number }>();

  add(notes: readonly Note[]): void {
    for (const note of notes) {
      const said = this.#said.get(note.code) ?? { note, ids: new Set(), count: 0 };
      for (const id of note.ids ?? []) said.ids.add(id);
      said.count++;
      this.#said.set(note.code, said);
    }
  }

  notes(): Note[] {
    return [...this.#said.values()].map(({ note, ids, count }) => ({
      ...note,
      message: count > 1 ? `In ${count} queries; in the first: ${note.message}` : note.message,
      ids: [...ids],
    }));
  }
}

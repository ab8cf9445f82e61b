import type { Scorer } from '@secondpass/core';

export const family = {
  film: 'Miracle on 34th Street\nMiracle on 34th Street is a film. Natalie Wood played Susan Walker.',
  street: 'Susan Street\nSusan Street is a street in Miracle, where a person walked.',
  wood: 'Natalie Wood\nNatalie Wood was an actress. Her sister is Lana Wood.',
  lana: 'Lana Wood\nLana Wood is an actress and a sibling.',
  noise: 'Actresses\nAn actress is a person who plays.',
};
export const question = 'Who is the sister of the actress who played Susan Walker in Miracle on 34th Street?';

export const scoring = (
  score: (query: string, text: string, id: string) => number | undefined,
  asked: string[] = [],
): Scorer => ({
  name: 'told',
  kind: 'probability',
  pointwise: true,
  score: async (query, candidates) => {
    asked.push(query as string);
    const values = candidates.map(({ id, content }) => score(query as string, content as string, id));
    return { value: { scores: values }, notes: [{ code: 'heard', by: 'told', message: 'once more' }] };
  },
});

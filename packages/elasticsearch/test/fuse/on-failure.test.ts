import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';
import type { RerankSettings } from '../../src/hits/rerank-options.ts';

const hits = { total: { value: 1, relation: 'eq' }, hits: [{ _index: 'i', _id: '1', _score: 1 }] };
const inner = {
  search: async () => ({}),
  msearch: async ({ searches }: { searches: readonly { readonly fails?: boolean }[] }) => ({
    took: 1,
    responses: searches
      .filter((_, at) => at % 2 === 1)
      .map(({ fails }) => (fails ? { error: { type: 'broken', reason: 'no such field' }, status: 400 } : { hits })),
  }),
};

/** Both ways of sending several searches, of which the second one fails. */
const calls = {
  fusedSearch: (defaults: RerankSettings, more: object) =>
    createRerankingClient(inner, defaults).fusedSearch({
      index: 'i',
      pit: false,
      searches: [{}, { fails: true }] as never,
      ...more,
    }),
  decomposedSearch: (defaults: RerankSettings, more: object) =>
    createRerankingClient(inner, defaults).decomposedSearch({
      index: 'i',
      pit: false,
      question: 'a?',
      decomposer: { name: 'given', decompose: async () => ({ value: [{ text: 'b?' }] }) },
      template: ((question: string) => (question === 'b?' ? { fails: true } : {})) as never,
      ...more,
    }),
};

describe.each(Object.entries(calls))('onFailure of %s', (_, call) => {
  const thrown = { code: 'failed', message: expect.stringContaining('no such field') as string };

  it('is what the call says, else what the client says, else a note', async () => {
    await expect(call({}, {})).resolves.toMatchObject({ notes: [{ code: 'retriever-failed' }] });
    await expect(call({ onFailure: 'throw' }, {})).rejects.toMatchObject(thrown);
    await expect(call({}, { onFailure: 'throw' })).rejects.toMatchObject(thrown);
    const loose = call({ onFailure: 'throw' }, { onFailure: 'first-stage' });
    await expect(loose).resolves.toMatchObject({ notes: [{ code: 'retriever-failed' }] });
  });

  it('is one of two words', async () => {
    await expect(call({}, { onFailure: 'ignore' })).rejects.toThrow(
      /onFailure is "ignore"; known: first-stage, throw/u,
    );
  });
});

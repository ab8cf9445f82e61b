import { inputOrder } from '@secondpass/core';
import type { Decomposer, Reranker, Score, SubQuestion } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { createRerankingClient } from '../../src/index.ts';

const documents = [
  'Ada was born in London',
  'Charles was born in London too',
  'London lies on the Thames',
  'The Thames is a river',
];

/** A tiny search by common words that counts what it is asked, as a cluster would see it. */
class CountingClient {
  readonly trips: string[][] = [];
  readonly sizes: unknown[] = [];
  readonly closed: string[] = [];
  opened = 0;

  async search(): Promise<unknown> {
    throw new Error('not asked');
  }
  async openPointInTime(): Promise<unknown> {
    return { id: `pit${++this.opened}` };
  }
  async closePointInTime({ id }: { id: string }): Promise<void> {
    this.closed.push(id);
  }
  async msearch({
    searches,
  }: {
    searches: { query?: string; size?: number; pit?: { id: string } }[];
  }): Promise<unknown> {
    const bodies = searches.filter((_, at) => at % 2 === 1);
    this.trips.push(bodies.map(({ query }) => query!));
    this.sizes.push(...bodies.map(({ size }) => size));
    if (bodies.some(({ pit }) => pit?.id !== `pit${this.opened}`))
      throw new Error('A search is not under the point in time.');
    const responses = bodies.map(({ query }) => {
      if (query!.includes('Error')) return { error: { type: 'broken', reason: 'no such part' }, status: 400 };
      const asked = query!.toLowerCase().split(/\W+/u);
      const hits = documents
        .map((text, at) => {
          const score = text
            .toLowerCase()
            .split(' ')
            .filter((word) => asked.includes(word)).length;
          return { _index: 'i', _id: `${at}`, _score: score, _source: { text } };
        })
        .filter(({ _score }) => _score > 0)
        .toSorted((a, b) => b._score - a._score);
      return {
        took: 1,
        timed_out: false,
        _shards: { total: 1, successful: 1, failed: 0 },
        hits: { total: { value: hits.length, relation: 'eq' }, hits },
      };
    });
    return { took: 3, responses };
  }
}

const into = (parts: readonly SubQuestion[]): Decomposer => ({
  name: 'given',
  decompose: async () => ({ value: parts }),
});
const template = (query: string): never => ({ query }) as never;

describe('a question in parts', () => {
  it('travels in one round trip under one point in time, which is closed', async () => {
    const inner = new CountingClient();
    const client = createRerankingClient(inner);
    const parts = [{ text: 'Where was Ada born?' }, { text: 'Where was Charles born?', weight: 2 }];
    const question = 'Where were Ada and Charles born?';
    const out = await client.decomposedSearch({ index: 'i', question, decomposer: into(parts), template });
    expect(inner.trips).toEqual([[question, parts[0]!.text, parts[1]!.text]]);
    await expect.poll(() => inner.closed).toEqual(['pit1']);
    expect(out).toMatchObject({ took: 3, parts, notes: [] });
    expect(out.searches.map(({ name, found }) => [name, found > 0])).toEqual(
      [question, ...parts.map(({ text }) => text)].map((text) => [text, true]),
    );
    for (const { _secondpass } of out.hits.hits) expect(_secondpass.sources!.length).toBeGreaterThan(0);
  });

  it('takes one more round trip for each answer that a part needs', async () => {
    const inner = new CountingClient();
    const client = createRerankingClient(inner, { text: 'text' });
    const parts = [{ text: 'Where was Ada born?' }, { text: 'Which river is at #1?', needs: [0] }];
    const answerer = {
      name: 'last word',
      answer: async (_question: string, candidates: readonly { content: unknown }[]) => ({
        value: String(candidates[0]!.content).split(' ').at(-1),
      }),
    };
    const question = 'Which river is at the birthplace of Ada?';
    await client.decomposedSearch({ index: 'i', question, decomposer: into(parts), template, answerer });
    expect(inner.trips).toEqual([[question, parts[0]!.text], ['Which river is at London?']]);
  });

  it('is refused without a visible character, before anything is sent', async () => {
    const inner = new CountingClient();
    const client = createRerankingClient(inner);
    for (const question of ['', ' ', '\u200b', 5 as never]) {
      const call = client.decomposedSearch({ index: 'i', question, decomposer: into([]), template });
      await expect(call).rejects.toThrow('decomposedSearch() needs a question: text, not empty.');
    }
    expect(inner.opened).toBe(0);
  });

  it('makes and checks searches only for the parts that are asked', async () => {
    const inner = new CountingClient();
    const client = createRerankingClient(inner);
    const made: string[] = [];
    const bodyOf = (query: string): never => {
      made.push(query);
      return { query, ...(query.includes('Thames') && { from: 1, collapse: { field: 'river' } }) } as never;
    };
    const parts = [{ text: 'Where was Ada born?' }, { text: 'where was ADA born' }, { text: 'Where is the Thames?' }];
    const request = { index: 'i', question: 'London?', decomposer: into(parts), template: bodyOf };
    for (const [maxQueries, asked] of [
      [1, ['London?']],
      [2, ['London?', parts[0]!.text]],
    ] as const) {
      made.length = 0;
      const out = await client.decomposedSearch({ ...request, maxQueries });
      expect(made).toEqual(asked);
      expect(inner.trips.at(-1)).toEqual(asked);
      expect(out.notes).toMatchObject([{ code: 'part-dropped' }]);
    }
    const { opened } = inner;
    await expect(client.decomposedSearch(request)).rejects.toThrow(/Thames.* has from/u);
    await expect(client.decomposedSearch({ ...request, maxQueries: 0 })).rejects.toThrow(/maxQueries is 0/u);
    expect(inner.opened).toBe(opened);
  });

  it('loses the part that fails and no other, unless told to throw', async () => {
    const client = createRerankingClient(new CountingClient());
    const request = { index: 'i', question: 'London?', decomposer: into([{ text: 'Error?' }]), template };
    const out = await client.decomposedSearch(request);
    expect(out.hits.hits.length).toBeGreaterThan(0);
    expect(out.notes.map(({ code }) => code)).toEqual(['retriever-failed']);
    expect(out.searches).toMatchObject([{ name: 'London?' }, { name: 'Error?', found: 0, error: { type: 'broken' } }]);
    await expect(client.decomposedSearch({ ...request, onFailure: 'throw' })).rejects.toMatchObject({ code: 'failed' });
    await expect(client.decomposedSearch({ ...request, question: 'Error!' })).rejects.toThrow(/no such part/u);
  });

  it('keeps causes out of the JSON of a response, and at hand', async () => {
    const thrown = Object.assign(new Error('no model'), { headers: { authorization: 'Bearer secret' } });
    const client = createRerankingClient(new CountingClient());
    const decomposer: Decomposer = { name: 'remote', decompose: () => Promise.reject(thrown) };
    const out = await client.decomposedSearch({ index: 'i', question: 'London?', decomposer, template });
    expect(JSON.stringify(out)).not.toContain('secret');
    expect(out.notes).toMatchObject([{ code: 'fell-back', message: expect.stringContaining('no model') as string }]);
    expect(out.notes[0]!.cause).toBe(thrown);
    const searches = ['London', 'Error'].map((query) => template(query));
    const fused = await client.fusedSearch({ index: 'i', searches });
    expect(fused.notes.map(({ code }) => code)).toEqual(['retriever-failed']);
    expect(Object.keys(fused.notes[0]!)).not.toContain('cause');
    expect(fused.notes[0]!.cause).toEqual({ type: 'broken', reason: 'no such part' });
  });

  it('reads hits for an answerer only; a text function that is wrong is misuse, one that throws costs its search', async () => {
    const answerer = { name: 'silent', answer: () => Promise.resolve({ value: undefined }) };
    const parts = [{ text: 'Where was Ada born?' }, { text: 'Which river is at #1?', needs: [0] }];
    const request = { index: 'i', question: 'London?', decomposer: into(parts), template };
    const asked = (text: () => unknown, more: object): Promise<{ notes: readonly { message: string }[] }> =>
      createRerankingClient(new CountingClient(), { text: text as () => string }).decomposedSearch({
        ...request,
        ...more,
      });
    await expect(asked(() => 5, {})).resolves.toMatchObject({ notes: [] });
    await expect(asked(() => 5, { answerer })).rejects.toMatchObject({ code: 'invalid-argument' });
    let calls = 0;
    const onceBroken = (): string => {
      if (calls++ === 0) throw new Error('boom');
      return 'x';
    };
    const { notes } = await asked(onceBroken, { answerer });
    expect(notes.map(({ message }) => message).join()).toMatch(/hit "\d": boom/u);
  });

  it('asks each search for no more than its retriever gives', async () => {
    const inner = new CountingClient();
    const client = createRerankingClient(inner);
    const retriever = (rrf: object): object => ({ retriever: { rrf } });
    const bodies = [
      { query: 'London' },
      { query: 'London', ...retriever({ rank_window_size: 20 }) },
      { query: 'London', ...retriever({}) },
      { query: 'London', ...retriever({}), size: 7 },
    ] as never[];
    await client.fusedSearch({ index: 'i', searches: bodies, rankWindow: 30 });
    expect(inner.sizes).toEqual([30, 20, 10, 7]);
    const question = 'London?';
    const bounded = (query: string): never => ({ query, ...retriever({}) }) as never;
    await client.decomposedSearch({ index: 'i', question, decomposer: into([]), template: bounded });
    expect(inner.sizes.at(-1)).toBe(10);
  });

  it('tells the reranker that scores of a fusion are no scores of a search', async () => {
    const seen: (Score | undefined)[] = [];
    const looking: Reranker = {
      name: 'looking',
      async rerank(query, candidates, options) {
        seen.push(...candidates.map(({ score }) => score));
        return inputOrder.rerank(query, candidates, options);
      },
    };
    const client = createRerankingClient(new CountingClient(), { reranker: looking, text: 'text' });
    const searches = ['Ada London', 'Thames'].map((query) => template(query));
    const { fusion, hits } = await client.fusedSearch({ index: 'i', searches, rerank: { query: 'Ada' } });
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map((score) => `${score!.kind} by ${score!.by}`))).toEqual(new Set([`fused by ${fusion}`]));
    expect(seen.map((score) => score!.value)).toEqual(hits.hits.map(({ _secondpass }) => _secondpass.firstStage.score));
  });
});

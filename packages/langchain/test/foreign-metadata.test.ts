// What stands under this package's key, and in a document at large, may come from anywhere: a file, a vector store.
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { describe, expect, it } from 'vitest';
import { about, compress, scoring } from './fixed-scores.ts';

const two = scoring('similarity', 2, 1);
const withSaid = (secondpass: unknown): Document[] => [
  new Document({ pageContent: 'one', metadata: { page: 1, secondpass } }),
  new Document({ pageContent: 'two' }),
];
const foreign = [5, 'text', true, null, [1], { notes: 5 }, { notes: {} }, { notes: 'abc' }, { scoreKey: { toString: 5 } }, { scoreKey: ['page'] }, { sources: 7 }]; // prettier-ignore

describe("what somebody else has put under this package's key", () => {
  it.each(foreign)('stops no rerank, with details and without: %j', async (said) => {
    const found = await compress({ reranker: two, details: true }, withSaid(said));
    expect(about(found[0])).toMatchObject({ by: 'fixed', before: 1, after: 1 });
    expect(about(found[0]).notes).toBeUndefined();
    expect(found.map(({ metadata }) => metadata['relevanceScore'])).toEqual([2, 1]);
    expect(found[0]!.metadata['page']).toBe(1);
    expect(await compress({ reranker: two }, withSaid(said))).toHaveLength(2);
  });

  it.each([5, 'text', [1], null])('stays where there is nothing to say: %j', async (said) => {
    const [first] = await compress({ reranker: two }, withSaid(said));
    expect(first!.metadata).toEqual({ page: 1, secondpass: said, relevanceScore: 2 });
  });
});

it('a document with a field named __proto__ stays a document', async () => {
  const hostile = '{"pageContent": "one", "metadata": {"__proto__": {"a": 1}}, "__proto__": {"polluted": true}}';
  const [found] = await compress({ reranker: two }, [
    JSON.parse(hostile) as Document,
    new Document({ pageContent: 'b' }),
  ]);
  expect(found).toBeInstanceOf(Document);
  expect(Object.hasOwn((found as DocumentInterface).metadata, '__proto__')).toBe(true);
  expect(found).not.toHaveProperty('polluted');
  expect({}).not.toHaveProperty('polluted');
});

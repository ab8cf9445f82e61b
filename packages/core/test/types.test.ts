// The types as a caller under `strict` and `exactOptionalPropertyTypes` meets them; the compiler checks them.
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Candidate, Decomposer, FusedCandidate, Fusion, LanguageModel, Ranked } from '../src/index.ts';
import type { Pool, Reranker, Retriever, Scorer } from '../src/index.ts';
import { byScore, cascade, coverQuestions, cut, decomposed, gather, interleave, searchByHops } from '../src/index.ts';
import { inputOrder, reciprocalRank, signal } from '../src/index.ts';
import { runOf } from '../src/evaluate/index.ts';
import type { Encoder } from '../src/models/index.ts';
import { scriptedScorer, testReranker } from '../src/testing/index.ts';

interface Page extends Candidate {
  readonly page: number;
}
const pages: readonly Page[] = [
  { id: 'a', content: 'first', page: 1 },
  { id: 'b', content: 'second', page: 2 },
];
/** Something that may be there; it is not. */
const perhaps = <T>(_value: T): T | undefined => undefined;
const whole: Decomposer = { name: 'whole', decompose: async () => ({ value: [], notes: perhaps([]) }) };

describe('a type of candidates of your own', () => {
  it('comes back from rerankers', async () => {
    const { results } = await cascade(byScore(scriptedScorer({ b: 1 })), cut(1)).rerank('q', pages);
    expectTypeOf(results).toEqualTypeOf<readonly Ranked<Page>[]>();
    const { results: literals } = await inputOrder.rerank('q', [{ id: 'a', content: 'x', extra: { deep: 1 } }]);
    expectTypeOf(literals[0]!.candidate.extra.deep).toEqualTypeOf<number>();
    expect(results[0]?.candidate.page).toBe(2);
  });

  it('comes back from fusions, and is what their keys read', () => {
    const pools = [{ name: 'words', candidates: pages }] as const;
    const { candidates } = reciprocalRank().fuse(pools, { key: ({ page }) => `${page}` });
    expectTypeOf(candidates).toEqualTypeOf<readonly FusedCandidate<Page>[]>();
    expect(candidates.map(({ origin }) => origin.page)).toEqual([1, 2]);
  });

  it('is found from a retriever, also one written in place or as a class', async () => {
    class Found implements Retriever<Page> {
      name = 'found';
      async retrieve(_query: string): Promise<readonly Page[]> {
        return pages;
      }
    }
    const key = ({ page }: Page): string => `${page}`;
    const { results } = await decomposed([new Found()] as const, whole, undefined, undefined, { key }).search('q');
    expectTypeOf(results[0]!.candidate.origin).toEqualTypeOf<Page>();
    const inPlace = { name: 'in place', retrieve: async (query: string) => [{ id: '1', content: query, url: 'u' }] };
    const hops = searchByHops(inPlace, whole, undefined, undefined, { key: ({ url }) => url });
    expectTypeOf((await hops.search('q')).results[0]!.candidate.origin.url).toEqualTypeOf<string>();
    const { pools } = await gather('q', [], new Found());
    expectTypeOf(pools).toEqualTypeOf<readonly Pool<Page>[]>();
  });
});

describe('what may be absent may be undefined', () => {
  it('in a reranker and a scorer of your own', async () => {
    const own: Reranker = {
      name: 'own',
      async rerank(query, candidates, options) {
        const { results, notes, runs } = await inputOrder.rerank(query, candidates, options);
        const detail = { logit: perhaps(1), passage: perhaps({ start: 0, end: 1 }), parts: perhaps([]) };
        const optional = { placedBy: perhaps('own'), score: perhaps({ value: 1, kind: 'logit' as const, by: 'own' }) };
        const usage = { pairs: perhaps(1), tokens: perhaps(1), calls: perhaps(1) };
        return {
          results: results.map((result) => ({ ...result, ...optional, earlier: perhaps([]), detail })),
          notes: notes.map((note) => ({ ...note, ids: perhaps(['a']) })),
          runs: [...runs, { by: 'own', durationMs: 0, model: perhaps('m'), device: perhaps('cpu'), usage }],
        };
      },
    };
    for (const { run } of testReranker('own', own, { runs: 20 })) await run();
    class Half implements Scorer {
      name = 'half';
      readonly kind = 'logit';
      pointwise = true;
      async score(_query: string, candidates: readonly Candidate[]) {
        const scores = candidates.map(({ signals }) => signals?.['clicks']);
        return {
          value: { scores, details: perhaps([]) },
          notes: perhaps([]),
          run: perhaps({ by: 'h', durationMs: 0 }),
        };
      }
    }
    expect((await byScore(new Half()).rerank('q', pages)).results).toHaveLength(2);
  });

  it('in a fusion, a language model and an encoder of your own', async () => {
    const fusion: Fusion = {
      name: 'in order',
      fuse: (pools) => ({
        candidates: pools.flatMap(({ name, candidates }) =>
          candidates.map((origin, at) => ({
            ...origin,
            origin,
            sources: [{ pool: name, rank: at + 1, score: origin.score }],
          })),
        ),
        notes: [],
      }),
    };
    expect(fusion.fuse([{ name: 'p', candidates: pages }]).candidates).toHaveLength(2);
    const model: LanguageModel = {
      name: 'none',
      generate: async ({ prompt }) => ({
        value: { text: `${prompt}`, firstTokens: perhaps([]) },
        run: perhaps(never()),
      }),
    };
    const request = { prompt: 'p', system: perhaps('s'), schema: perhaps({}), maxTokens: perhaps(1) };
    expect((await model.generate(request)).value.text).toBe('p');
    const vectors = { vector: new Float32Array(1), tokens: perhaps(never()), ids: new Int32Array(1), truncated: false };
    const encode: Encoder['encode'] = async (texts, _options, visit) => {
      for (const index of texts.keys()) visit(index, vectors);
      return { lost: [], late: false, texts: texts.length, tokens: 0, cached: 0 };
    };
    expect(encode).toBeTypeOf('function');
  });

  it('among signals, quotas, weights and the scores of a run', async () => {
    const clicked = pages.map((page, at) => ({ ...page, signals: { clicks: at === 0 ? undefined : 3 } }));
    const { results } = await byScore(signal('clicks')).rerank('q', clicked);
    const scored = results.map(({ candidate, score }) => [candidate.page, score?.value]);
    expect(scored).toEqual([[2, 3], [1, undefined]]); // prettier-ignore
    const quotas = { words: perhaps(1) };
    expect(interleave({ quotas }).fuse([{ name: 'words', candidates: pages }]).candidates).toHaveLength(2);
    expect(coverQuestions({ quotas: perhaps({ q: perhaps(1) }) }).name).toBe('cover-questions(rrf(60))');
    const retriever = { name: 'r', retrieve: async () => pages };
    expect((await gather('q', [], retriever, { weights: { r: perhaps(2) } })).pools[0]?.weight).toBe(1);
    const run = runOf('run', { q: results.map(({ candidate, score }) => ({ id: candidate.id, score: score?.value })) });
    expect(run.lists.get('q')).toEqual([{ id: 'b', score: 3 }, { id: 'a', score: undefined }]); // prettier-ignore
  });
});

/** Where only the type of a value is wanted. */
function never(): never {
  return undefined as never;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combSum, coverQuestions, interleave, reciprocalRank, type Fusion } from '@secondpass/core';
import { anyPools, distinct, ids, pool } from './pools.ts';

describe('interleave', () => {
  it('takes turns in the order of the pools, past what others gave', () => {
    const pools = [pool('x', ['a', 'b', 'c', 'd']), pool('y', ['b', 'a', 'e']), pool('z', ['f'])];
    expect(ids(interleave(), pools)).toEqual(['a', 'b', 'f', 'c', 'e', 'd']);
  });

  it('keeps no place for a pool that only shares its name with what every object has', () => {
    const pools = [pool('constructor', ['a', 'b']), pool('y', ['c', 'd'])];
    expect(ids(interleave({ quotas: { y: 1 } }), pools)).toEqual(['c', 'a', 'd', 'b']);
  });

  it('keeps no place where a quota is undefined', () => {
    const pools = [pool('x', ['a', 'b']), pool('y', ['c', 'd'])];
    expect(ids(interleave({ quotas: { x: undefined as never } }), pools)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('gives turns by weight', () => {
    const pools = [pool('x', ['a1', 'a2', 'a3', 'a4'], { weight: 2 }), pool('y', ['b1', 'b2', 'b3', 'b4'])];
    expect(ids(interleave(), pools)).toEqual(['a1', 'a2', 'b1', 'a3', 'a4', 'b2', 'b3', 'b4']);
  });

  it('puts pools of weight 0 last, and loses nothing of them', () => {
    const pools = [pool('x', ['a', 'b'], { weight: 0 }), pool('y', ['c', 'a'])];
    expect(ids(interleave(), pools)).toEqual(['c', 'a', 'b']);
    const nothing = [pool('x', ['a', 'b'], { weight: 0 }), pool('y', ['c', 'd'], { weight: 0 })];
    expect(ids(interleave(), nothing)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('law: every pool has its share of the first k', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const order = ids(interleave(), pools);
        const total = pools.reduce((sum, { weight = 1 }) => sum + weight, 0);
        for (let k = 0; k <= order.length; k++) {
          for (const from of pools) {
            if (total === 0) continue;
            const share = Math.floor((k * (from.weight ?? 1)) / total + 1e-9);
            for (const { id } of distinct(from).slice(0, share)) expect(order.slice(0, k)).toContain(id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('law: quotas are kept among the first places', () => {
    fc.assert(
      fc.property(anyPools, fc.array(fc.nat(5), { minLength: 5, maxLength: 5 }), (pools, wanted) => {
        const quotas = Object.fromEntries(pools.map(({ name }, at) => [name, wanted[at]!]));
        const order = ids(interleave({ quotas }), pools);
        const places = pools.reduce((sum, { name }) => sum + quotas[name]!, 0);
        for (const from of pools) {
          for (const { id } of distinct(from).slice(0, quotas[from.name])) {
            expect(order.slice(0, places)).toContain(id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('fills quotas first and goes on by turns', () => {
    const pools = [pool('x', ['a1', 'a2', 'a3']), pool('y', ['b1', 'b2', 'b3', 'b4', 'b5'])];
    expect(ids(interleave({ quotas: { y: 3, x: 1 } }), pools)).toEqual([
      'b1',
      'b2',
      'a1',
      'b3',
      'a2',
      'b4',
      'a3',
      'b5',
    ]);
    expect(ids(interleave({ quotas: { y: 2 } }), pools).slice(0, 4)).toEqual(['b1', 'b2', 'a1', 'b3']);
  });

  it('refuses a quota for nobody and one that is no count', () => {
    expect(() => interleave({ quotas: { z: 1 } }).fuse([pool('x', [])])).toThrow(/quota for "z"/);
    expect(() => interleave({ quotas: { x: 0.5 } })).toThrow(/quota of pool "x"/);
  });
});

describe('coverQuestions', () => {
  it('says of ids and keys once what is to be said, and of each question what its fusion has to say', () => {
    const bare = (name: string, question: string) => pool(name, [name, name], { question });
    const { notes } = coverQuestions({ within: combSum() }).fuse([
      bare('a', 'one?'),
      bare('b', 'one?'),
      bare('c', 'two?'),
    ]);
    expect(notes.map(({ code, by }) => [code, by])).toEqual([
      ['duplicate-id', 'cover-questions(comb-sum(min-max))'],
      ['no-overlap', 'cover-questions(comb-sum(min-max))'],
      ['unscored', 'comb-sum(min-max)'],
      ['unscored', 'comb-sum(min-max)'],
      ['unscored', 'comb-sum(min-max)'],
    ]);
  });

  it('takes any object of its pools for the origin of what a fusion of the caller returns', () => {
    const [first, again] = pool('one', ['a', 'a']).candidates;
    const within: Fusion = {
      name: 'last',
      fuse: (pools) => ({
        candidates: [{ ...pools[0]!.candidates[1]!, origin: pools[0]!.candidates[1]!, sources: [] }],
        notes: [],
      }),
    };
    const { candidates } = coverQuestions({ within }).fuse([{ name: 'one', candidates: [first!, again!] }]);
    expect(candidates.map(({ id, origin }) => [id, origin === first])).toEqual([['a', true]]);
  });

  const fusions: readonly Fusion[] = [coverQuestions(), coverQuestions({ within: interleave() })];

  it('fuses within a question and takes turns across questions', () => {
    const pools = [
      pool('bm25 1', ['a', 'b', 'c'], { question: 'one?' }),
      pool('knn 1', ['b', 'c', 'd'], { question: 'one?' }),
      pool('bm25 2', ['x', 'b', 'y'], { question: 'two?' }),
    ];
    // The first question fused: b (1/62 + 1/61), c (1/63 + 1/62), a, d. Then by turns with x, (b), y.
    const { candidates, notes } = coverQuestions().fuse(pools);
    expect(candidates.map(({ id }) => id)).toEqual(['b', 'x', 'c', 'y', 'a', 'd']);
    expect(candidates[0]!.sources).toEqual([
      { pool: 'bm25 1', rank: 2 },
      { pool: 'knn 1', rank: 1 },
      { pool: 'bm25 2', rank: 2 },
    ]);
    expect(notes).toEqual([]);
  });

  it('keeps for each question what summing would bury', () => {
    // m is middling for both questions, x and y are each the best for one.
    const pools = [
      pool('1', ['x', 'm', 'n', 'o'], { question: 'one?' }),
      pool('2', ['y', 'n', 'm', 'o'], { question: 'two?' }),
    ];
    expect(ids(reciprocalRank(), pools).slice(0, 2)).toEqual(['m', 'n']);
    expect(ids(coverQuestions(), pools).slice(0, 2)).toEqual(['x', 'y']);
  });

  it.each(fusions.map((fusion) => [fusion.name, fusion] as const))(
    '%s: law: every question has its share of the first k',
    (_name, fusion) => {
      fc.assert(
        fc.property(anyPools, (given) => {
          const pools = given.map((from) => ({ ...from, weight: 1 })).filter(({ candidates }) => candidates.length > 0);
          const questions = [...new Set(pools.map(({ question }) => question))];
          const within = fusion === fusions[0] ? reciprocalRank() : interleave();
          const order = ids(fusion, pools);
          for (const question of questions) {
            const best = ids(
              within,
              pools.filter((from) => from.question === question),
            );
            for (let k = 0; k <= order.length; k++) {
              for (const id of best.slice(0, Math.floor(k / questions.length))) expect(order.slice(0, k)).toContain(id);
            }
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it('uses the key within a question too', () => {
    const pools = [pool('1', ['a', 'b']), pool('2', ['B', 'c'])];
    const { candidates } = coverQuestions().fuse(pools, { key: ({ id }) => id.toLowerCase() });
    expect(candidates.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('takes quotas by question', () => {
    const pools = [pool('1', ['a', 'b', 'c'], { question: 'one?' }), pool('2', ['x', 'y', 'z'], { question: 'two?' })];
    const fusion = coverQuestions({ quotas: { 'two?': 2, 'one?': 1 } });
    expect(ids(fusion, pools)).toEqual(['x', 'a', 'y', 'b', 'z', 'c']);
  });

  it('leaves the places of a question without candidates to the others', () => {
    const pools = [pool('1', ['a', 'b'], { question: 'one?' }), pool('2', [], { question: 'two?' })];
    expect(ids(coverQuestions({ quotas: { 'one?': 1, 'two?': 1 } }), pools)).toEqual(['a', 'b']);
    expect(ids(coverQuestions({ quotas: { 'two?': 1 } }), [pools[1]!])).toEqual([]);
  });

  it('refuses a quota for no question and one that is no count', () => {
    const pools = ['one?', 'one?', 'two?'].map((question, at) => pool(String(at), [], { question }));
    expect(() => coverQuestions({ quotas: { 'three?': 1 } }).fuse(pools)).toThrow(
      'There is a quota for "three?" and no question of that name; the questions are "one?", "two?".',
    );
    expect(() => coverQuestions({ quotas: { 'one?': -1 } })).toThrow(/quota of question "one\?"/);
  });

  it('refuses a fusion that returns what it was not given', () => {
    const forger: Fusion = {
      name: 'forger',
      fuse: (pools, options) => {
        const { candidates, notes } = reciprocalRank().fuse(pools, options);
        return { candidates: candidates.map((c) => ({ ...c, origin: { ...c.origin } })), notes };
      },
    };
    expect(() => coverQuestions({ within: forger }).fuse([pool('1', ['a'])])).toThrow(
      /forger returned the candidate "a"/,
    );
  });
});

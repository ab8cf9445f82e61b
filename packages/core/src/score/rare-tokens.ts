import { bestCosines } from '../maths/max-sim.ts';
import type { Encoder } from '../models/encoder.ts';
import type { Scorer } from '../types.ts';
import { vectorScorer, type VectorScorerOptions } from './vector-scorer.ts';

/** How rare each token of an encoder's vocabulary is in a body of texts: its inverse document frequency, 0 or more. */
export interface Rarity {
  /** By token id. Tokens beyond its end count 0. */
  readonly values: ArrayLike<number>;
  /** Tokens of a text there, on average. */
  readonly meanTokens: number;
}

/** BM25 as most engines have it: how soon a repeated token stops counting, and how much long texts are held back. */
const [k1, b] = [1.2, 0.75];

/**
 * Late interaction in which a token of the query counts by how rare it is; special tokens count as the mean of the others.
 * Pointwise: the rarity comes from elsewhere and not from the list.
 */
export function rareMaxSim(encoder: Encoder, rarity: Rarity, options: VectorScorerOptions): Scorer {
  return vectorScorer(
    encoder,
    {
      name: `rare-max-sim(${encoder.name})`,
      tokens: true,
      given: none,
      compare(query) {
        const weights = tokenWeights(query.ids, encoder.specialIds, rarity);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const best = bestCosines(query.tokens!);
        return ({ vectors }) => best(vectors).reduce((sum, value, row) => sum + value * weights[row]!, 0) / total;
      },
    },
    options,
  );
}

/** One weight for each token of a query, not all 0. */
export function tokenWeights(ids: Int32Array, special: ReadonlySet<number>, { values }: Rarity): Float64Array {
  const plain = [...ids].filter((id) => !special.has(id)).map((id) => values[id] ?? 0);
  const sum = plain.reduce((sum, value) => sum + value, 0);
  const mean = sum > 0 ? sum / plain.length : 1;
  return Float64Array.from(ids, (id) => (special.has(id) ? mean : (values[id] ?? 0)));
}

/**
 * BM25 over the encoder's tokens as a share of the most that any text could reach, in [0, 1) (Robertson and Zaragoza 2009,
 * section 3). Pointwise: what a token is worth, and how long texts are, comes from elsewhere and not from the list. It
 * reads the token ids that the encoder gives with its vectors, so it costs nothing beside a scorer that needs these.
 */
export function lexicalShare(encoder: Encoder, rarity: Rarity, options: VectorScorerOptions): Scorer {
  return vectorScorer(
    encoder,
    {
      name: `lexical-share(${encoder.name})`,
      tokens: false,
      given: none,
      compare(query) {
        const asked = new Map<number, number>();
        for (const id of query.ids) if (!encoder.specialIds.has(id)) asked.set(id, rarity.values[id] ?? 0);
        const most = [...asked.values()].reduce((sum, value) => sum + value, 0);
        return ({ ids }) => {
          if (most === 0) return 0;
          const counts = new Map<number, number>();
          for (const id of ids!) if (asked.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
          const restraint = k1 * (1 - b + (b * ids!.length) / rarity.meanTokens);
          let sum = 0;
          for (const [id, value] of asked) {
            const count = counts.get(id);
            if (count !== undefined) sum += (value * count) / (count + restraint);
          }
          return sum / most;
        };
      },
    },
    options,
  );
}

const none = (): undefined => undefined;

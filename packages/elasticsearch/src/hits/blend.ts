// Longer than most: every form of a blend, its checks, and the one order they all end in.
import {
  checkNumber,
  checkOptionNames,
  checkRole,
  comparableScore,
  rankByScore,
  SecondpassError,
  weightedScores,
} from '@secondpass/core';
import type { Fusion, Note, Pool, Ranked } from '@secondpass/core';
import { omit } from '../omit.ts';
import type { HitCandidate } from './hit-candidate.ts';

/**
 * How the reranker's order and the first stage's become one.
 *
 *   { fusion?, weights? }       any fusion of the core over the lists `reranker`, `firstStage` and one per signal.
 *                               Default `weightedScores({ missing: 'ignore' })`: scores normalised by min-max over the
 *                               window, then their weighted mean over what is known of a hit. `reciprocalRank()` is
 *                               RRF.
 *   { queryWeight, rescoreQueryWeight, scoreMode }   as in Elasticsearch's `rescore`, on the scores as they are
 *   (parts) => number           your own: from the scores of both stages and the signals; `undefined` for "cannot say"
 *
 * Weights count 1 for `reranker` and `firstStage` and 0 for signals unless given, and are at least 0.
 */
export type Blend = FusionBlend | RescoreBlend | ((parts: BlendParts) => number | undefined);

export interface FusionBlend {
  /** Default `weightedScores({ missing: 'ignore' })`. */
  readonly fusion?: Fusion | undefined;
  /** Of `reranker` and `firstStage`, default 1, and of signals by name, default 0. At least 0. */
  readonly weights?: Readonly<Record<string, number | undefined>> | undefined;
}
export interface RescoreBlend {
  /** Times the first-stage score. Default 1. */
  readonly queryWeight?: number | undefined;
  /** Times the reranker's score. Default 1. */
  readonly rescoreQueryWeight?: number | undefined;
  /** Default `'total'`, the sum. */
  readonly scoreMode?: 'total' | 'multiply' | 'avg' | 'max' | 'min' | undefined;
}
export interface BlendParts {
  /** What the reranker scored it. */
  readonly reranker: number | undefined;
  /** `_score`. */
  readonly firstStage: number | undefined;
  /** By name, as far as they are known of the hit. */
  readonly signals: Readonly<Record<string, number | undefined>>;
}

const modes = {
  total: (a: number, b: number): number => a + b,
  multiply: (a: number, b: number): number => a * b,
  avg: (a: number, b: number): number => (a + b) / 2,
  max: Math.max,
  min: Math.min,
} as const;

/** Checks a blend before any work is done. */
export function checkBlend(blend: Blend | undefined, signals: readonly string[]): void {
  if (blend === undefined || typeof blend === 'function') return;
  if (isRescore(blend)) {
    checkOptionNames(blend, ['queryWeight', 'rescoreQueryWeight', 'scoreMode'], 'blend');
    checkNumber('blend.queryWeight', blend.queryWeight);
    checkNumber('blend.rescoreQueryWeight', blend.rescoreQueryWeight);
    if (Object.hasOwn(modes, blend.scoreMode ?? 'total')) return;
    throw new SecondpassError(
      'invalid-argument',
      `blend.scoreMode is "${String(blend.scoreMode)}"; known: ${Object.keys(modes).join(', ')}.`,
    );
  }
  checkOptionNames(blend, ['fusion', 'weights'], 'blend');
  if (blend.fusion !== undefined) checkRole(blend.fusion, 'fuse', 'blend.fusion');
  checkOptionNames(blend.weights, ['reranker', 'firstStage', ...signals], 'blend.weights');
  for (const [name, weight] of Object.entries(blend.weights ?? {})) checkNumber(`blend.weights.${name}`, weight, 0);
}

/**
 * Puts what the reranker placed into the blended order. What it did not place stays below, as it stood: a blend of
 * which half is missing compares with nothing. So does what only an earlier stage of it scored, on another scale.
 * @param ranked the reranker's order
 */
export function blendOrder(
  ranked: readonly Ranked<HitCandidate>[],
  blend: Blend,
): { readonly ranked: Ranked<HitCandidate>[]; readonly notes: readonly Note[] } {
  const scoreOf = comparableScore(ranked);
  const isPlaced = (item: Ranked<HitCandidate>): boolean =>
    item.placedBy !== undefined && (item.score === undefined || scoreOf(item) !== undefined);
  const placed = ranked.filter(isPlaced);
  const rest = ranked.filter((item) => !isPlaced(item));
  const firstStage = placed.toSorted((a, b) => a.originalIndex - b.originalIndex);
  const {
    scores,
    by,
    notes = [],
  }: Blended = typeof blend === 'function'
    ? { scores: firstStage.map((item) => blend(partsOf(item))), by: blend.name || 'blend' }
    : isRescore(blend)
      ? { scores: firstStage.map((item) => rescored(item, blend)), by: `rescore(${blend.scoreMode ?? 'total'})` }
      : fused(placed, firstStage, blend);
  const inOrder = rankByScore(
    firstStage.map(({ candidate }) => candidate),
    { scores },
    { by, kind: 'fused' },
  );
  const blended = [
    ...inOrder.map((after) => {
      const before = firstStage[after.originalIndex]!;
      const earlier = [...(before.earlier ?? []), ...(before.score ? [before.score] : [])];
      const { detail } = before;
      return {
        ...after,
        originalIndex: before.originalIndex,
        ...(earlier.length > 0 && { earlier }),
        ...(detail && { detail }),
      };
    }),
    ...rest,
  ];
  return { ranked: blended, notes };
}

interface Blended {
  readonly scores: (number | undefined)[];
  readonly by: string;
  readonly notes?: readonly Note[];
}

function isRescore(blend: FusionBlend | RescoreBlend): blend is RescoreBlend {
  return ['queryWeight', 'rescoreQueryWeight', 'scoreMode'].some((name) => name in blend);
}

function partsOf({ candidate, score }: Ranked<HitCandidate>): BlendParts {
  return { reranker: score?.value, firstStage: candidate.score?.value, signals: candidate.signals ?? {} };
}

function rescored(
  item: Ranked<HitCandidate>,
  { queryWeight = 1, rescoreQueryWeight = 1, scoreMode = 'total' }: RescoreBlend,
): number | undefined {
  const { reranker, firstStage } = partsOf(item);
  if (reranker === undefined || firstStage === undefined) return undefined;
  return modes[scoreMode](queryWeight * firstStage, rescoreQueryWeight * reranker);
}

/** One pool per list, the reranker's first, so that it wins ties. */
function fused(
  placed: readonly Ranked<HitCandidate>[],
  firstStage: readonly Ranked<HitCandidate>[],
  { fusion = weightedScores({ missing: 'ignore' }), weights = {} }: FusionBlend,
): Blended {
  const rerankerPool: Pool<HitCandidate> = {
    name: 'reranker',
    weight: weights['reranker'] ?? 1,
    candidates: placed.map(({ candidate, score }) => withScore(candidate, score?.value, score?.by ?? 'reranker')),
  };
  const firstPool: Pool<HitCandidate> = {
    name: 'firstStage',
    weight: weights['firstStage'] ?? 1,
    candidates: firstStage.map(({ candidate }) => candidate),
  };
  const signalPools = Object.entries(weights)
    .filter(([name, weight]) => name !== 'reranker' && name !== 'firstStage' && weight !== undefined)
    .map(([name, weight]): Pool<HitCandidate> => {
      const known = firstStage.filter(({ candidate }) => candidate.signals?.[name] !== undefined);
      known.sort((a, b) => b.candidate.signals![name]! - a.candidate.signals![name]!);
      return {
        name,
        weight,
        candidates: known.map(({ candidate }) => withScore(candidate, candidate.signals![name]!, name)),
      };
    });
  const { candidates, notes } = fusion.fuse([rerankerPool, firstPool, ...signalPools]);
  const values = new Map(candidates.map(({ id, score }) => [id, score?.value]));
  return { scores: firstStage.map(({ candidate }) => values.get(candidate.id)), by: fusion.name, notes };
}

function withScore(candidate: HitCandidate, value: number | undefined, by: string): HitCandidate {
  const bare = omit(candidate, 'score');
  return value === undefined ? bare : { ...bare, score: { value, kind: 'fused', by } };
}

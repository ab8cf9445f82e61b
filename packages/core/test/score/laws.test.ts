import { calibrated, passages } from '@secondpass/core';
import { scriptedScorer, testReranker, testScorer } from '@secondpass/core/testing';
import { test } from 'vitest';
import { byScore } from '../../src/rerank/by-score.ts';

// Scorers made of scorers keep the laws of scorers, and what is made of them those of rerankers.
const lengths = scriptedScorer(({ content }) => (content.length === 0 ? undefined : content.length % 7));
const curve = { method: 'platt', slope: 0.5, intercept: -1 } as const;

for (const [name, scorer] of [
  ['calibrated', calibrated(lengths, curve)],
  ['passages', passages(lengths, { size: 3, overlap: 1 })],
  ['passages of calibrated', passages(calibrated(lengths, curve), { size: 2, overlap: 0, combine: { decay: 0.5 } })],
] as const) {
  testScorer(name, scorer, { test });
  testReranker(`byScore(${name})`, byScore(scorer), { test });
}

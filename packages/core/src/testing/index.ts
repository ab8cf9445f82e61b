// The table of contents of @secondpass/core/testing: the laws as tests for your own rerankers, and fakes to test with.
export type { Law, RegisterTest } from './law.ts';
export type { MakeCandidate } from './arbitrary-lists.ts';
export { testReranker, type TestRerankerOptions } from './test-reranker.ts';
export { testScorer, type TestScorerOptions } from './test-scorer.ts';

export { failingScorer } from './failing-scorer.ts';
export { noisyScorer } from './noisy-scorer.ts';
export { type Script, scriptedScorer } from './scripted-scorer.ts';
export { slowScorer } from './slow-scorer.ts';

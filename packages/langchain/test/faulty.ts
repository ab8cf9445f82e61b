import type { Reranker } from '@secondpass/core';

/** Fails every call. */
export const dyingReranker: Reranker = {
  name: 'dying',
  rerank: () => Promise.reject(new Error('lost its model')),
};

/** Never answers, and listens to no signal. */
export const hangingReranker: Reranker = {
  name: 'hanging',
  rerank: () => new Promise(() => {}),
};

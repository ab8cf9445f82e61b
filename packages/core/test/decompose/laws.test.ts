import { rerankByParts } from '@secondpass/core';
import { scriptedScorer, testReranker } from '@secondpass/core/testing';
import { test } from 'vitest';

const lengths = scriptedScorer(({ content }) => (content.length === 0 ? undefined : content.length % 5));
const parts = [{ text: 'who is older?' }, { text: 'who wrote it?' }];

for (const combine of ['coverage', 'max', 'mean', 'softmax'] as const) {
  testReranker(`rerankByParts, ${combine}`, rerankByParts(lengths, { combine, pairs: 'all' })(parts), { test });
}
testReranker('rerankByParts without parts', rerankByParts(lengths)([]), { test });

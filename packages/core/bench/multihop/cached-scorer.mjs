// A scorer that remembers on disk: scoring a pair takes tens of milliseconds, and many rows score the same pairs.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The reranker of that name, and what it scores with, remembering. */
export async function cachedModel(name, folder) {
  const { loadReranker } = await import('@secondpass/core/models');
  // Enough for every passage of a collection, so that none is read twice.
  const keeps = name === undefined || /^mini-en(\/(fast|best))?$/.test(name);
  const model = await loadReranker(name, keeps ? { cacheBytes: 4 * 2 ** 30 } : {});
  return { model, scorer: await cachedScorer({ ...model.scorer, run: model.run }, folder) };
}

/**
 * Wraps a pointwise scorer. What was scored is kept under a name that changes with what the scorer says, with a
 * first-stage score and without. `spent()` is the milliseconds that the pairs cost when they were scored, cached or not.
 */
async function cachedScorer(scorer, folder) {
  mkdirSync(folder, { recursive: true });
  const content = 'The harbour was built in 1871 by an engineer who came from the north.';
  const first = { value: 12, kind: 'retrieval', by: 'probe' };
  const { value } = await scorer.score('Who built the harbour?', [
    { id: 'a', content },
    { id: 'b', content, score: first },
  ]);
  const model = `${scorer.name} ${Array.from(value.scores, (score) => score.toFixed(6)).join(' ')}`;
  const file = join(folder, `${createHash('sha256').update(model).digest('hex').slice(0, 12)}.tsv`);
  const known = new Map();
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [key, value, ms] = line.split('\t');
      if (ms) known.set(key, { value: Number(value), ms: Number(ms) });
    }
  }
  let spent = 0;
  let pairs = 0;
  let fresh = 0;
  // What a candidate scored in its first stage may be part of what the scorer says.
  const keyOf = (query, { content, score }) =>
    createHash('sha256')
      .update(`${query}\0${content}\0${score?.value ?? ''}`)
      .digest('hex')
      .slice(0, 24);
  return {
    name: scorer.name,
    kind: scorer.kind,
    pointwise: true,
    spent: () => spent,
    pairs: () => ({ pairs, fresh }),
    async score(query, candidates, options) {
      const open = candidates.filter((candidate) => !known.has(keyOf(query, candidate)));
      if (open.length > 0) {
        const started = performance.now();
        const { value } = await scorer.score(query, open, options);
        const ms = (performance.now() - started) / open.length;
        const lines = [];
        for (const [at, candidate] of open.entries()) {
          known.set(keyOf(query, candidate), { value: value.scores[at], ms });
          lines.push(`${keyOf(query, candidate)}\t${value.scores[at]}\t${ms.toFixed(3)}\n`);
        }
        appendFileSync(file, lines.join(''));
        fresh += open.length;
      }
      const found = candidates.map((candidate) => known.get(keyOf(query, candidate)));
      for (const { ms } of found) spent += ms;
      pairs += candidates.length;
      return { value: { scores: found.map(({ value }) => (Number.isNaN(value) ? undefined : value)) } };
    },
  };
}

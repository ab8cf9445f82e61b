// A scorer that remembers on disk: scoring a pair takes tens of milliseconds, and many rows score the same pairs.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wraps a pointwise scorer. `spent()` is the milliseconds that the pairs cost when they were scored, cached or not. */
export function cachedScorer(scorer, folder) {
  mkdirSync(folder, { recursive: true });
  const model = `${scorer.run?.model ?? scorer.name}@${scorer.run?.revision ?? ''}:${scorer.run?.precision ?? ''}`;
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

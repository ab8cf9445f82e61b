import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { SecondpassError } from '../errors.ts';
import type { ModelSource } from '../models/files/model-source.ts';
import { embedding } from '../score/embedding.ts';
import { lateInteraction } from '../score/late-interaction.ts';
import { logisticBlend, type LogisticTerm } from '../score/logistic-blend.ts';
import { lexicalShare, rareMaxSim, type Rarity } from '../score/rare-tokens.ts';
import { signal } from '../score/signal.ts';
import type { Loaded, Run, Scorer } from '../types.ts';
import { loadCrossEncoder, type LoadedCrossEncoder } from './load-cross-encoder.ts';
import { type KeptVectors, type LoadedEncoder, openEncoder } from './load-encoder.ts';
import { checkOneOf, type LoadOptions } from './load-options.ts';
import type { RankerFile, RankerTerm } from './ranker-file.ts';

/** A scorer made of the parts of one model, by a line of its ranker.json. */
export interface LoadedRanker extends Scorer, Loaded {
  warmUp(): Promise<void>;
  /** The same loaded parts with scores of another kind. Whoever loaded them still disposes of them. */
  as(kind: 'logit' | 'probability'): Scorer;
}

/**
 * Loads the parts that a line of ranker.json names, and no others, and blends their scores into one probability, or its
 * logit. Pointwise: nothing in it depends on the rest of the list.
 * @param kept how the encoder keeps vectors; default: as it does by itself
 * @throws SecondpassError `unknown-model` for a line that the file has not
 */
export async function loadRanker(
  { folder, name, version }: ModelSource,
  file: RankerFile,
  line: string,
  options: LoadOptions,
  kept: KeptVectors = {},
): Promise<LoadedRanker> {
  const chosen = file.lines.get(line);
  if (!chosen) {
    const known = [...file.lines.keys(), 'cross-encoder'].join(', ');
    throw new SecondpassError('unknown-model', `${name} has no line "${line}"; it has ${known}.`);
  }
  const { label, instruction, kind = 'probability', ...textOptions } = options;
  const parts = new Set(
    chosen.terms.map(({ of }) => (of === 'logit' ? 'pairs' : of === 'first-stage' ? 'none' : 'tokens')),
  );
  if (!parts.has('pairs') && (label !== undefined || instruction !== undefined)) {
    const fact = `${name}/${line} has no cross-encoder, so it takes no label and no instruction`;
    throw new SecondpassError('invalid-argument', `${fact}.`);
  }
  const started = performance.now();
  const rarity = file.rarity && (await readRarity(folder, file.rarity));
  const loaded: (LoadedCrossEncoder | LoadedEncoder)[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(loaded.map((part) => part.dispose()));
  };
  try {
    const source = version === undefined ? folder : name;
    const pairs = parts.has('pairs') ? await loadCrossEncoder(source, { ...options, kind: 'logit' }) : undefined;
    if (pairs) loaded.push(pairs);
    const encoder = parts.has('tokens')
      ? await openEncoder(source, { ...textOptions, ...kept }, chosen.encoder)
      : undefined;
    if (encoder) loaded.push(encoder);

    const lengths = { queryTokens: file.queryTokens, documentTokens: file.documentTokens };
    const scorerOf: Readonly<Record<RankerTerm['of'], () => Scorer>> = {
      logit: () => pairs!,
      'max-sim': () => lateInteraction(encoder!, { ...lengths, vectors: () => undefined }),
      cosine: () => embedding(encoder!, { ...lengths, vectors: () => undefined }),
      'rare-max-sim': () => rareMaxSim(encoder!, rarity!, lengths),
      lexical: () => lexicalShare(encoder!, rarity!, lengths),
      'first-stage': () => firstStageScore,
    };
    const terms = chosen.terms.map(({ of, ...term }): LogisticTerm => {
      return { ...term, scorer: scorerOf[of](), absent: of === 'first-stage' ? 'usual' : 'unscored' };
    });
    const { run: first } = loaded[0]!;
    const revision = version ?? hashOf(first.revision, file.text);
    const by = `${name}/${line}@${revision}:${first.precision}`;
    // Each part runs on the first device that can run it.
    const device = Array.from(new Set(loaded.map(({ run }) => run.device))).join(' + ');
    const run: Run = { ...first, by, durationMs: performance.now() - started, revision, device };
    const as = (kind: 'logit' | 'probability'): Scorer => {
      checkOneOf('kind', kind, ['logit', 'probability']);
      const scorer = logisticBlend(terms, { intercept: chosen.intercept, name: by, kind });
      return {
        ...scorer,
        async score(query, candidates, callOptions) {
          const answer = await scorer.score(query, candidates, callOptions);
          return { ...answer, run: { ...run, ...answer.run! } };
        },
      };
    };
    return {
      ...as(kind),
      as,
      run,
      async warmUp() {
        await Promise.all(loaded.map((part) => part.warmUp()));
      },
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Other kinds of scores, and those below 0, are no scores of a search engine: the line was fitted without them. */
const retrievalScore: Scorer = signal('first-stage', {
  kind: 'retrieval',
  read: ({ score }) => (score?.kind === 'retrieval' && score.value >= 0 ? score.value : undefined),
});

/** Says so of those below 0, which somebody gave to be read: SQLite's are negative, and lower is better there. */
const firstStageScore: Scorer = {
  ...retrievalScore,
  async score(query, candidates, options) {
    const answer = await retrievalScore.score(query, candidates, options);
    const ids = candidates.flatMap(({ id, score }) => (score?.kind === 'retrieval' && score.value < 0 ? [id] : []));
    if (ids.length === 0) return answer;
    const message = `${ids.length} first-stage score(s) are below 0 and were not read; where lower is better, as of SQLite's bm25(), negate them.`;
    return { ...answer, notes: [{ code: 'partly-scored', by: 'first-stage', message, ids }] };
  },
};

export async function readRarity(folder: string, entry: NonNullable<RankerFile['rarity']>): Promise<Rarity> {
  try {
    const bytes = await readFile(join(folder, entry.file));
    return { values: Float64Array.from(bytes, (byte) => byte / entry.perUnit), meanTokens: entry.meanTokens };
  } catch (cause) {
    const fact = `${join(folder, entry.file)}, which ranker.json names, cannot be read: ${(cause as Error).message}`;
    throw new SecondpassError('invalid-model', `${fact}. Fetch the model again.`, { cause });
  }
}

/** A folder's revision changes with its ranker.json, too. */
function hashOf(revision: string | undefined, text: string): string {
  return createHash('sha256').update(`${revision} ${text}`).digest('hex').slice(0, 12);
}

import { checkQuery, emit } from '../check.ts';
import { hasImages, textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { sigmoid } from '../maths/sigmoid.ts';
import type { PairClassifier } from '../models/pair-classifier.ts';
import type { Answer, CallOptions, Candidate, Content, Note, Run, ScoreDetail, Scored, Scorer } from '../types.ts';

export interface CrossEncoderOptions {
  /** What ran, without the figures of a call: its `by` is the scorer's name. */
  readonly run: Run;
  /**
   * `logit` (default): the model's own number, 0 where it is undecided. `probability`: the logistic function of it, for
   * thresholds. The raw logit is in `detail.logit` either way.
   */
  readonly kind?: 'logit' | 'probability';
  /** Said with every answer: what is to be known about this copy of the model. */
  readonly notes?: readonly Note[];
}

/**
 * A scorer that reads query and candidate together through a classifier, the most exact of the small rerankers.
 * Text only: a candidate with an image, or without any text, is left unscored (models give an empty text any score,
 * often a high one). What was left out, cut to fit or came too late is noted with its ids.
 */
export function crossEncoder(model: PairClassifier, { run, kind = 'logit', notes = [] }: CrossEncoderOptions): Scorer {
  const by = run.by;
  return {
    name: by,
    kind,
    pointwise: true,
    async score(query: Content, candidates: readonly Candidate[], options?: CallOptions): Promise<Answer<Scored>> {
      checkQuery(query, by);
      if (hasImages(query)) {
        throw new SecondpassError('invalid-argument', `The query holds an image; ${by} reads text only.`);
      }
      const started = performance.now();
      const all = [...candidates.keys()];
      const images = all.filter((index) => hasImages(candidates[index]!.content));
      const empty = all.filter((index) => !hasImages(candidates[index]!.content) && isEmpty(candidates[index]!));
      const unread = new Set([...images, ...empty]);
      const readable = all.filter((index) => !unread.has(index));
      const texts = readable.map((index) => textOf(candidates[index]!.content));
      const { signal, deadline } = options ?? {};
      const onProgress = (done: number): void =>
        emit(options, { type: 'rerank-progress', by, done, total: candidates.length });
      const result = await model.classify(textOf(query), texts, { signal, deadline, onProgress });

      const scores: (number | undefined)[] = Array.from({ length: candidates.length });
      const details: (ScoreDetail | undefined)[] = Array.from({ length: candidates.length });
      for (const [at, logit] of result.logits.entries()) {
        if (logit === undefined) continue;
        scores[readable[at]!] = kind === 'probability' ? sigmoid(logit) : logit;
        details[readable[at]!] = { logit };
      }
      const note = (code: Note['code'], indices: readonly number[], say: (count: number) => string): Note[] =>
        indices.length === 0
          ? []
          : [{ code, by, message: say(indices.length), ids: indices.map((index) => candidates[index]!.id) }];
      const where = (fits: (at: number) => boolean): number[] => readable.filter((_, at) => fits(at));
      const cut = new Set(result.truncated);
      const lost = new Set(result.lost);
      return {
        value: { scores, details },
        notes: [
          ...notes,
          ...note(
            'truncated',
            where((at) => cut.has(at)),
            (n) => `${n} text(s) were longer than the model reads; their end did not count.`,
          ),
          ...note('empty-text', empty, (n) => `${n} candidate(s) have no text and were not scored.`),
          ...note(
            'malformed-text',
            where((at) => !wellFormed(texts[at]!)),
            (n) => `${n} text(s) hold half a surrogate pair, which was read as an unknown character.`,
          ),
          ...note(
            'unsupported-content',
            images,
            (n) => `${n} candidate(s) hold an image and were not scored: this model reads text only.`,
          ),
          ...note(
            'worker-lost',
            where((at) => lost.has(at)),
            (n) => `${n} candidate(s) were not scored: the worker that had them ended, twice.`,
          ),
          ...(result.late
            ? note(
                'timed-out',
                where((at) => result.logits[at] === undefined && !lost.has(at)),
                (n) => `The deadline came before ${n} candidate(s) were scored.`,
              )
            : []),
        ],
        run: { ...run, durationMs: performance.now() - started, usage: { pairs: result.pairs, tokens: result.tokens } },
      };
    },
  };
}

const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}]/u;

/** True without a single visible character. */
function isEmpty({ content }: Candidate): boolean {
  return !visible.test(textOf(content));
}

function wellFormed(text: string): boolean {
  return text.isWellFormed();
}

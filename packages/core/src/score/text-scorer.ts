import { checkQuery, emit } from '../check.ts';
import { hasImages, textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import type {
  Answer,
  CallOptions,
  Candidate,
  Content,
  Note,
  Run,
  ScoreDetail,
  Scored,
  ScoreKind,
  Scorer,
  Usage,
} from '../types.ts';

/** What a model made of a query and some candidates, by their place in the list that it was given. */
export interface Read {
  readonly scores: readonly (number | undefined)[];
  readonly details?: readonly (ScoreDetail | undefined)[];
  /** Candidates whose text was cut to fit. */
  readonly truncated: readonly number[];
  /** Candidates whose batch was lost with its worker, twice. */
  readonly lost: readonly number[];
  /** True if the deadline came first. */
  readonly late: boolean;
  readonly usage: Usage;
  readonly notes?: readonly Note[];
}

export interface TextScorerOptions {
  /** What ran, without the figures of a call: its `by` is the scorer's name. */
  readonly run: Run;
  readonly kind: ScoreKind;
  /** Said with every answer: what is to be known about this copy of the model. */
  readonly notes?: readonly Note[];
  /** True for a candidate that is scored without its text. Default: none is. */
  readonly needsNoText?: (candidate: Candidate) => boolean;
  read(
    query: string,
    candidates: readonly Candidate[],
    options: Pick<CallOptions, 'signal' | 'deadline'> & { readonly onProgress: (done: number) => void },
  ): Promise<Read>;
}

/**
 * A scorer over a model that reads text. A candidate with an image, or without any text, is left unscored (models give an
 * empty text any score, often a high one). What was left out, cut to fit or came too late is noted with its ids.
 */
export function textScorer({ run, kind, notes = [], needsNoText = () => false, read }: TextScorerOptions): Scorer {
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
      const unread = (fits: (candidate: Candidate) => boolean): number[] =>
        all.filter((index) => !needsNoText(candidates[index]!) && fits(candidates[index]!));
      const images = unread(({ content }) => hasImages(content));
      const empty = unread(({ content }) => !hasImages(content) && !visible.test(textOf(content)));
      const left = new Set([...images, ...empty]);
      const readable = all.filter((index) => !left.has(index));
      const { signal, deadline } = options ?? {};
      const onProgress = (done: number): void =>
        emit(options, { type: 'rerank-progress', by, done, total: candidates.length });
      const own = readable.map((index) => candidates[index]!);
      const result = await read(textOf(query), own, { signal, deadline, onProgress });

      const scores: (number | undefined)[] = Array.from({ length: candidates.length });
      const details: (ScoreDetail | undefined)[] = Array.from({ length: candidates.length });
      for (const [at, score] of result.scores.entries()) {
        scores[readable[at]!] = score;
        details[readable[at]!] = result.details?.[at];
      }
      const note = (code: Note['code'], indices: readonly number[], say: (count: number) => string): Note[] =>
        indices.length === 0
          ? []
          : [{ code, by, message: say(indices.length), ids: indices.map((index) => candidates[index]!.id) }];
      const where = (fits: (at: number) => boolean): number[] => readable.filter((_, at) => fits(at));
      const cut = new Set(result.truncated);
      const lost = new Set(result.lost);
      return {
        value: { scores, ...(result.details && { details }) },
        notes: [
          ...notes,
          ...(result.notes ?? []),
          ...note(
            'truncated',
            where((at) => cut.has(at)),
            (n) => `${n} text(s) were longer than the model reads; their end did not count.`,
          ),
          ...note('empty-text', empty, (n) => `${n} candidate(s) have no text and were not scored.`),
          ...note(
            'malformed-text',
            where((at) => !needsNoText(own[at]!) && !textOf(own[at]!.content).isWellFormed()),
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
                where((at) => result.scores[at] === undefined && !lost.has(at)),
                (n) => `The deadline came before ${n} candidate(s) were scored.`,
              )
            : []),
        ],
        run: { ...run, durationMs: performance.now() - started, usage: result.usage },
      };
    },
  };
}

const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}]/u;

import { textOf } from '../content.ts';
import { sigmoid } from '../maths/sigmoid.ts';
import type { PairClassifier } from '../models/pair-classifier.ts';
import type { Note, Run, Scorer } from '../types.ts';
import { textScorer } from './text-scorer.ts';

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
 * Text only: see `textScorer`.
 */
export function crossEncoder(model: PairClassifier, { run, kind = 'logit', notes = [] }: CrossEncoderOptions): Scorer {
  return textScorer({
    run,
    kind,
    notes,
    async read(query, candidates, options) {
      const texts = candidates.map(({ content }) => textOf(content));
      const { logits, pairs, tokens, ...outcome } = await model.classify(query, texts, options);
      return {
        ...outcome,
        scores: logits.map((logit) => (logit !== undefined && kind === 'probability' ? sigmoid(logit) : logit)),
        details: logits.map((logit) => (logit === undefined ? undefined : { logit })),
        usage: { pairs, tokens },
      };
    },
  });
}

import type { RankedRun } from '../run.ts';
import { codeFor, type SystemCode } from './code-for.ts';
import { depthAgreement, settledDepth } from './depth-agreement.ts';
import type { Findings } from './judged-findings.ts';
import type { ScoredPairs } from './scored-pairs.ts';
import { firstStage } from './setting.ts';
import { warmNote } from './warm-note.ts';

/** What there is without judgments: how the top settles as depth grows, and code for where it has. */
export function unjudgedFindings(given: {
  readonly first: RankedRun;
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly depths: readonly number[];
  readonly budgetMs: number | undefined;
  readonly codeOf: ReadonlyMap<string, SystemCode>;
}): Findings {
  const { pairs, queries, depths, budgetMs, codeOf } = given;
  const agreement = depthAgreement(given);
  const settled = settledDepth(agreement, budgetMs);
  const setting = settled ? { system: settled.system, depth: settled.depth, blend: 0 } : firstStage;
  return {
    settings: [],
    gains: [],
    agreement,
    ...(settled && { settled }),
    code: codeFor(setting, codeOf.get(setting.system ?? '')),
    notes: warmNote(setting, pairs, queries, depths),
  };
}

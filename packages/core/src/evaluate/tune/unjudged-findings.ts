import type { RankedRun } from '../run.ts';
import { codeFor, type SystemCode } from './code-for.ts';
import { depthAgreement, settledDepth } from './depth-agreement.ts';
import type { Findings } from './judged-findings.ts';
import type { ScoredPairs } from './scored-pairs.ts';
import { warmNote } from './warm-note.ts';

/** What there is without judgments: how the top settles as depth grows, and code for where it has. */
export function unjudgedFindings(given: {
  readonly first: RankedRun;
  readonly pairs: ScoredPairs;
  readonly queries: readonly string[];
  readonly depths: readonly number[];
  readonly codeOf: ReadonlyMap<string, SystemCode>;
}): Findings {
  const { pairs, queries, depths, codeOf } = given;
  const agreement = depthAgreement(given);
  const settled = settledDepth(agreement);
  const setting = { system: settled.system, depth: settled.depth, blend: 0 };
  return {
    settings: [],
    gains: [],
    agreement,
    settled,
    code: codeFor(setting, codeOf.get(settled.system)),
    notes: warmNote(setting, pairs, queries, depths),
  };
}

import { UsageError } from '../usage.ts';

/** What is done with two grades for one document, as `--conflicts` says it. */
export function conflictRule(text: string = 'throw'): 'throw' | 'keep-last' | 'keep-highest' {
  if (text === 'throw' || text === 'keep-last' || text === 'keep-highest') return text;
  throw new UsageError(`--conflicts is "${text}"; it must be throw, keep-last or keep-highest.`);
}

/** What is done with a document that stands twice in a list of a run, as `--duplicates` says it. */
export function duplicateRule(text: string = 'throw'): 'throw' | 'keep-best' {
  if (text === 'throw' || text === 'keep-best') return text;
  throw new UsageError(`--duplicates is "${text}"; it must be throw or keep-best.`);
}

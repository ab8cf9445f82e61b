import { requireScoreKind } from './check.ts';
import { SecondpassError } from './errors.ts';
import type { Scorer } from './types.ts';

/** What a piece is called by the method that it is used by. */
const roles = {
  rerank: 'a reranker',
  score: 'a scorer',
  fuse: 'a fusion',
  decompose: 'a decomposer',
  answer: 'an answerer',
  generate: 'a language model',
  encode: 'an encoder',
} as const;

/** What makes one of a language model. */
const byLanguageModel: Readonly<Record<string, string>> = {
  decompose: ': decomposeByLanguageModel() makes a decomposer of it',
  answer: ': answerByLanguageModel() makes an answerer of it',
};

/**
 * Refuses a piece in the place of another, where it is given: used, it would fail with every call, which a fallback hides.
 * @param where what it was given to, for the message: `withTimeout()`
 * @throws SecondpassError `invalid-argument`, saying how to make the right one of it
 */
export function checkRole(value: unknown, role: keyof typeof roles, where: string): void {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof given[role] === 'function') {
    if (role === 'score') checkKind(given as unknown as Scorer, where);
    return;
  }
  const fact = `${where} takes ${roles[role]}, which has ${role}(); got ${whatIs(given, value, role)}.`;
  throw new SecondpassError('invalid-argument', fact);
}

/** Without a kind, a score would be an answer that says nothing. */
function checkKind({ name, kind }: Scorer, where: string): void {
  requireScoreKind(`${where} takes a scorer, whose kind says what its scores mean: ${name}.kind`, kind);
}

function whatIs(given: Readonly<Record<string, unknown>>, value: unknown, role: keyof typeof roles): string {
  if (typeof given['then'] === 'function') return 'a promise: await it';
  if (role === 'rerank' && typeof given['score'] === 'function') return 'a scorer: byScore() makes a reranker of it';
  if (typeof given['rerank'] === 'function')
    return `a reranker${role === 'score' && given['scorer'] ? ': pass its scorer' : ''}`;
  if (typeof given['generate'] === 'function') return `a language model${byLanguageModel[role] ?? ''}`;
  if (typeof value === 'function') return 'a function: call it';
  if (Array.isArray(value)) return 'an array';
  return value === null || value === undefined
    ? String(value)
    : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

import { checkInteger, checkNumber, checkOptionNames, checkQuery } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import type { Content, Retriever } from '../types.ts';
import type { GatherOptions } from './gather.ts';

export const gatherOptionNames: readonly string[] = [
  'depthPerPart',
  'maxQueries',
  'timeoutMs',
  'questionWeight',
  'weights',
  'answerer',
];

/** Checks everything that `gather` is given, before any retriever is called. */
export function checkGather(question: Content, retrievers: readonly Retriever[], options: GatherOptions = {}): void {
  checkOptionNames(options, ['signal', 'deadline', 'onEvent', ...gatherOptionNames], 'gather()');
  checkQuery(question, 'gather()');
  checkRetrieval(retrievers, options);
  options.signal?.throwIfAborted();
}

/** The part of it that can be checked before there is a question. */
export function checkRetrieval(retrievers: readonly Retriever[], options: GatherOptions): void {
  checkInteger('depthPerPart', options.depthPerPart, 1);
  checkInteger('maxQueries', options.maxQueries, 1);
  checkNumber('timeoutMs', options.timeoutMs, 1);
  checkNumber('questionWeight', options.questionWeight, 0);
  if (!Array.isArray(retrievers) || retrievers.length === 0) {
    throw new SecondpassError('invalid-argument', 'There is no retriever to ask; pass one, or an array of them.');
  }
  const names = new Set<string>();
  for (const retriever of retrievers as readonly Retriever[]) {
    if (typeof retriever?.retrieve !== 'function' || typeof retriever.name !== 'string') {
      throw new SecondpassError('invalid-argument', 'A retriever needs a name and a retrieve() function.');
    }
    if (names.has(retriever.name)) {
      throw new SecondpassError(
        'invalid-argument',
        `Two retrievers are named "${retriever.name}"; give each its own name, since pools and weights go by it.`,
      );
    }
    names.add(retriever.name);
  }
  for (const [name, weight] of Object.entries(options.weights ?? {})) {
    checkNumber(`weight of "${name}"`, weight, 0);
    if (names.has(name)) continue;
    const known = [...names].map((known) => `"${known}"`).join(', ');
    throw new SecondpassError(
      'invalid-argument',
      `There is a weight for "${name}" and no such retriever; they are ${known}.`,
    );
  }
}

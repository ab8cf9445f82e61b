import { checkOptionNames, coverQuestions, gather, isBlank, SecondpassError } from '@secondpass/core';
import type { Answerer, Content, Decomposer, Note, SubQuestion } from '@secondpass/core';
import type { Hit, SearchParams } from '../client/search-client.ts';
import type { RerankSettings } from '../hits/rerank-options.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { passageReader } from '../text/passages-of-hit.ts';
import { within, type Limits } from '../within.ts';
import { askedParts } from './asked-parts.ts';
import { batchingRetriever, type BatchingRetriever } from './batching-retriever.ts';
import { collapse, collapseField } from './collapse.ts';
import { fuseHits } from './fuse-hits.ts';
import { fusedResponse, type FusedResponse } from './fused-response.ts';
import { checkFused, fusedOptionNames, type FusedOptions } from './fused-options.ts';
import { notesOf } from './gather-pools.ts';
import { watchMisuse } from './misuse.ts';
import { withPointInTime } from './point-in-time.ts';
import { sendSearches } from './send-searches.ts';
import { templatedSearches } from './templated-searches.ts';

export interface DecomposedParams<H extends Hit = Hit, P = SearchParams> extends FusedOptions<H> {
  /** What is searched for, in words: it must hold some. */
  readonly question: string;
  /** Any decomposer of `@secondpass/core`: `decomposeByRules()` needs no model. */
  readonly decomposer: Decomposer;
  /** The search body for a question: the whole one, and each of its parts. */
  readonly template: (question: string) => P;
  /** How many questions are asked at most, the whole one included. Default 8. */
  readonly maxQueries?: number | undefined;
  /** Weight of the whole question beside its parts. Default 1. */
  readonly questionWeight?: number | undefined;
  /** Answers a part from its hits, so that parts that need it can be asked: one more round trip per hop. */
  readonly answerer?: Answerer | undefined;
}

export interface DecomposedResponse<H, K extends string = '_secondpass'> extends FusedResponse<H, K> {
  readonly parts: readonly SubQuestion[];
}

const ownNames = ['question', 'decomposer', 'template', 'maxQueries', 'questionWeight', 'answerer'];

/**
 * A question in parts: one search for the whole question and one per part, all in one `_msearch` under one point in
 * time; the pools become one list in which every part has its best hits high (`coverQuestions()` unless another fusion
 * is given), and the list is reranked if asked, by the whole question unless `rerank.query` says otherwise. If the
 * question cannot be decomposed, it is searched for as it is, with a note.
 */
export async function decomposedSearch<K extends string>(
  client: object,
  params: DecomposedParams,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
  key: K,
): Promise<DecomposedResponse<Hit, K>> {
  checkOptionNames(params, [...fusedOptionNames, ...ownNames], 'decomposedSearch()');
  const { question, template, decomposer, fusion = coverQuestions(), rankWindow } = params;
  if (typeof question !== 'string' || isBlank(question)) {
    throw new SecondpassError('invalid-argument', 'decomposedSearch() needs a question: text, not empty.');
  }
  if (typeof template !== 'function' || typeof decomposer?.decompose !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      'decomposedSearch() needs a decomposer, and a template: (question) => search body.',
    );
  }
  const { page, settings, deadline, onFailure } = checkFused(params, transport, defaults);
  const limits = { signal: transport?.signal, deadline };
  const templated = templatedSearches(template, rankWindow, transport);
  templated.check([{ text: question }]);
  const split = await partsOf(decomposer, question, onFailure, limits);
  const { maxQueries, questionWeight, answerer } = params;
  templated.check(await askedParts(question, split.parts, { maxQueries, questionWeight }));
  const text = settings?.text ?? defaults.text;
  // Only an answerer reads the hits before they are fused.
  const read = answerer === undefined || text === undefined ? () => [] : passageReader(text);
  const misuse = watchMisuse();
  const { retriever, gathered } = await within('the searches', limits, async (signal) => {
    const options = signal ? { ...transport, signal } : transport;
    return withPointInTime(client, params, options, async (pit) => {
      const retriever = batchingRetriever(
        misuse.watched(templated.searchFor),
        (searches) => sendSearches(client, searches, { ...params, pit }, options),
        misuse.watched((hit) => read(hit).join('\n')),
      );
      const down = { signal, deadline, depthPerPart: 10_000, maxQueries, questionWeight, answerer };
      const gathered = await misuse.during(() => gather(question, split.parts, retriever, down));
      return { retriever, gathered };
    });
  });
  const failed = gathered.notes.find(({ code }) => code === 'retriever-failed');
  if (onFailure === 'throw' && failed) throw new SecondpassError('failed', failed.message, { cause: failed.cause });
  const pools = gathered.pools.map(({ question: asked = question, weight, candidates }) => ({
    name: asked,
    question: asked,
    weight,
    hits: candidates.map(({ hit }) => hit),
  }));
  const query: Content = settings?.query ?? question;
  const todo = { ...page, fusion: fusion.name, rerank: settings, query, limits };
  const { searches, answers } = reports(retriever);
  const notes = [...split.notes, ...gathered.notes, ...searches.flatMap(({ name }, at) => notesOf(name, answers[at]!))];
  const fused = collapse(fuseHits(pools, fusion), collapseField(templated.made()));
  const all = { answers, took: retriever.took(), notes };
  return { ...(await fusedResponse(searches, all, fused, todo, key)), parts: gathered.parts };
}

function reports({ answered }: BatchingRetriever): {
  searches: { name: string; body: SearchParams }[];
  answers: NonNullable<ReturnType<BatchingRetriever['answered']['get']>>[];
} {
  return { searches: [...answered.keys()].map((name) => ({ name, body: {} })), answers: [...answered.values()] };
}

async function partsOf(
  decomposer: Decomposer,
  question: string,
  onFailure: DecomposedParams['onFailure'],
  limits: Limits,
): Promise<{ readonly parts: readonly SubQuestion[]; readonly notes: readonly Note[] }> {
  try {
    const { value, notes = [] } = await within('the decomposition', limits, (signal) =>
      decomposer.decompose(question, { signal, deadline: limits.deadline }),
    );
    return { parts: value, notes };
  } catch (cause) {
    limits.signal?.throwIfAborted();
    if (onFailure === 'throw') throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${decomposer.name} failed; the question is searched for as it is: ${why}`;
    return { parts: [], notes: [{ code: 'fell-back', by: decomposer.name, message, cause }] };
  }
}

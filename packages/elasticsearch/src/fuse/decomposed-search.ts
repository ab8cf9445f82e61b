import { checkOptionNames, coverQuestions, SecondpassError } from '@secondpass/core';
import type { Content, Decomposer, Note, SubQuestion } from '@secondpass/core';
import type { Hit, SearchParams } from '../client/search-client.ts';
import type { RerankSettings } from '../hits/rerank-options.ts';
import type { TransportOptions } from '../search/reranked-search.ts';
import { refuse } from '../search/refuse.ts';
import { within, type Limits } from '../within.ts';
import { fuseHits } from './fuse-hits.ts';
import { fusedResponse, type FusedResponse } from './fused-response.ts';
import { checkFused, fusedOptionNames, type FusedOptions } from './fused-search.ts';
import { gatherPools } from './gather-pools.ts';

export interface DecomposedParams<H extends Hit = Hit> extends FusedOptions<H> {
  readonly question: string;
  /** Any decomposer of `@secondpass/core`. */
  readonly decomposer: Decomposer;
  /** The search body for a question: the whole one, and each of its parts. */
  readonly template: (question: string) => SearchParams;
  /** Search for the whole question too. Default true. */
  readonly keepQuestion?: boolean | undefined;
}

export interface DecomposedResponse<H, K extends string = '_secondpass'> extends FusedResponse<H, K> {
  readonly parts: readonly SubQuestion[];
}

/**
 * A question in parts: one search per part, all in one `_msearch` under one point in time; the pools become one list in
 * which every part has its best hits high (`coverQuestions()` unless another fusion is given), and the list is reranked
 * if asked, by the whole question unless `rerank.query` says otherwise. If the question cannot be decomposed, it is
 * searched for as it is, with a note.
 */
export async function decomposedSearch<K extends string>(
  client: object,
  params: DecomposedParams,
  transport: TransportOptions | undefined,
  defaults: RerankSettings,
  key: K,
): Promise<DecomposedResponse<Hit, K>> {
  checkOptionNames(
    params,
    [...fusedOptionNames, 'question', 'decomposer', 'template', 'keepQuestion'],
    'decomposedSearch()',
  );
  const { question, template, fusion = coverQuestions(), keepQuestion = true, rankWindow = 100 } = params;
  if (typeof question !== 'string' || question.trim() === '') {
    throw new SecondpassError('invalid-argument', 'decomposedSearch() needs a question: text, not empty.');
  }
  if (typeof template !== 'function' || typeof params.decomposer?.decompose !== 'function') {
    throw new SecondpassError(
      'invalid-argument',
      'decomposedSearch() needs a decomposer, and a template: (question) => search body.',
    );
  }
  const { page, settings, deadline } = checkFused(params, transport, defaults);
  const limits = { signal: transport?.signal, deadline };
  const { parts, notes } = await partsOf(params, limits);
  const whole = keepQuestion || parts.length === 0 ? [{ name: 'question', text: question, weight: undefined }] : [];
  const asked = [...whole, ...parts.map(({ text, weight }, at) => ({ name: `part ${at + 1}`, text, weight }))];
  const searches = asked.map(({ name, text }) => {
    const body = template(text);
    refuse(body, transport);
    return { name, body: { size: rankWindow, ...body } };
  });
  const gathered = await within('the searches', limits, (signal) =>
    gatherPools(client, searches, params, signal ? { ...transport, signal } : transport),
  );
  const pools = asked.map(({ name, text, weight }, at) => ({
    name,
    weight,
    question: text,
    hits: gathered.answers[at]?.hits?.hits ?? [],
  }));
  const query: Content = settings?.query ?? question;
  const todo = { ...page, fusion: fusion.name, rerank: settings, query, limits };
  const response = await fusedResponse(searches, gathered, fuseHits(pools, fusion), todo, key);
  return { ...response, notes: [...notes, ...response.notes], parts };
}

async function partsOf(
  { decomposer, question, onFailure }: DecomposedParams,
  limits: Limits,
): Promise<{ readonly parts: readonly SubQuestion[]; readonly notes: readonly Note[] }> {
  try {
    const { value, notes = [] } = await within('the decomposition', limits, (signal) =>
      decomposer.decompose(question, { signal, deadline: limits.deadline }),
    );
    return { parts: distinct(question, value), notes };
  } catch (cause) {
    limits.signal?.throwIfAborted();
    if (onFailure === 'throw') throw cause;
    const message = `${decomposer.name} failed; the question was searched for as it is: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { parts: [], notes: [{ code: 'fell-back', by: decomposer.name, message, cause }] };
  }
}

/** Parts that say something else than the question and than each other. */
function distinct(question: string, parts: readonly SubQuestion[]): readonly SubQuestion[] {
  const seen = new Set([folded(question)]);
  return parts.filter(({ text }) => {
    const key = folded(text);
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

// OpenTelemetry is an optional peer: it is loaded with the first traced call, so that nobody else needs it.
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, Span } from '@opentelemetry/api';
import { checkInteger, checkOptionNames, checkRerankCall } from '../check.ts';
import { checkRole } from '../check-role.ts';
import { textOf } from '../content.ts';
import { SecondpassError } from '../errors.ts';
import { loadOptionalPeer } from '../optional-peer.ts';
import type { Candidate, Note, Reranker, Score } from '../types.ts';

export interface TracingOptions {
  /** Also record the query, the documents and messages that may quote them. Default false: ids and numbers only. */
  readonly content?: boolean | undefined;
  /**
   * How many documents are recorded on each side, from the first on. Default 16: together with content that stays below
   * the 128 attributes that the OpenTelemetry SDK keeps per span unless it is told otherwise.
   */
  readonly documents?: number | undefined;
}

/**
 * One OpenTelemetry span per call, with the attribute names of OpenInference (openinference.span.kind = RERANKER), which
 * Phoenix and others show. The caller's active span is its parent, and it is active while the reranker runs, so traced
 * stages of a cascade nest. Notes become span events, errors the span's status. The ranking is handed on untouched.
 * @throws SecondpassError `missing-dependency` at the first call if `@opentelemetry/api` is not installed
 */
export function withTracing(reranker: Reranker, options?: TracingOptions): Reranker {
  checkRole(reranker, 'rerank', 'withTracing()');
  checkOptionNames(options, ['content', 'documents'], 'withTracing()');
  checkInteger('documents', options?.documents, 0);
  const { content = false, documents = 16 } = options ?? {};
  return {
    name: reranker.name,
    async rerank(query, candidates, options) {
      const { SpanStatusCode, trace } = await loadOpenTelemetry();
      options?.signal?.throwIfAborted();
      return await trace.getTracer('@secondpass/core').startActiveSpan(`rerank ${reranker.name}`, async (span) => {
        try {
          // The options are for the reranker itself to refuse: it may take more than every reranker does.
          checkRerankCall(candidates, undefined, reranker.name);
          if (span.isRecording()) {
            span.setAttributes({
              'openinference.span.kind': 'RERANKER',
              'reranker.model_name': reranker.name,
              ...(options?.topK !== undefined && { 'reranker.top_k': options.topK }),
              ...(content && { 'reranker.query': textOf(query) }),
              'secondpass.candidates': candidates.length,
              ...documentAttributes('input', candidates.slice(0, documents), content),
            });
          }
          const ranking = await reranker.rerank(query, candidates, options);
          if (span.isRecording()) {
            const { results, runs } = ranking;
            const model = runs.findLast((run) => run.model !== undefined)?.model;
            const kept = results.slice(0, documents).map(({ candidate, score }) => ({ ...candidate, score }));
            span.setAttributes({
              ...(model !== undefined && { 'reranker.model_name': model }),
              'secondpass.results': results.length,
              ...documentAttributes('output', kept, content),
            });
            for (const note of ranking.notes) addNote(span, note, content);
          }
          return ranking;
        } catch (error) {
          const told = describe(error, content);
          span.recordException(told);
          span.setStatus({ code: SpanStatusCode.ERROR, message: told.message });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}

function loadOpenTelemetry(): Promise<typeof OpenTelemetry> {
  return loadOptionalPeer(() => import('@opentelemetry/api'), '@opentelemetry/api', 'withTracing()');
}

type Document = Pick<Candidate, 'id' | 'content'> & { readonly score?: Score | undefined };

function documentAttributes(side: 'input' | 'output', documents: readonly Document[], content: boolean): Attributes {
  const attributes: Attributes = {};
  for (const [index, document] of documents.entries()) {
    const prefix = `reranker.${side}_documents.${index}.document`;
    attributes[`${prefix}.id`] = document.id;
    if (document.score) attributes[`${prefix}.score`] = document.score.value;
    if (content) attributes[`${prefix}.content`] = textOf(document.content);
  }
  return attributes;
}

/** A note's message may quote an answer of a model or service: only with content. */
function addNote(span: Span, { code, by, message, ids }: Note, content: boolean): void {
  const count = ids && { 'secondpass.note.candidates': ids.length };
  const quoted = content && { 'secondpass.note.message': message };
  span.addEvent(`secondpass.note.${code}`, { 'secondpass.note.by': by, ...count, ...quoted });
}

/** Our own messages quote no documents, unless they pass on another's (`failed`): without content only names and codes. */
function describe(error: unknown, content: boolean): { name: string; message: string; code?: string } {
  if (SecondpassError.isInstance(error)) {
    const message = content || error.code !== 'failed' ? error.message : error.code;
    return { name: error.name, message, code: error.code };
  }
  if (!(error instanceof Error)) return { name: typeof error, message: content ? String(error) : typeof error };
  return { name: error.name, message: content ? error.message : error.name };
}

import { byScore, checkInteger, checkOptionNames, SecondpassError } from '@secondpass/core';
import type { Candidate, Note, Reranker, ScoreKind } from '@secondpass/core';
import { methodOf, type Call } from '../client/search-client.ts';
import { within } from '../within.ts';

export interface ElasticInferenceOptions {
  /**
   * What the endpoint's scores mean; it depends on the service behind it. Default `'similarity'`: its scale is its own.
   */
  readonly kind?: ScoreKind | undefined;
  /** At most so many texts per request. Default 100. */
  readonly batchSize?: number | undefined;
  /** Passed on as `task_settings`. */
  readonly taskSettings?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A rerank endpoint of the cluster (`PUT _inference/rerank/my-id`) as a reranker, so that a model on the cluster fits
 * every cascade and fallback of the core. Needs the licence that the endpoint needs. Texts that the endpoint leaves
 * out, or that the deadline came before, stay unscored, with a note.
 * @param client a client with an inference API: 8.13 or newer
 */
export function elasticInference(client: object, inferenceId: string, options: ElasticInferenceOptions = {}): Reranker {
  checkOptionNames(options, ['kind', 'batchSize', 'taskSettings'], 'elasticInference()');
  const { kind = 'similarity', batchSize = 100, taskSettings } = options;
  checkInteger('batchSize', batchSize, 1);
  if (typeof inferenceId !== 'string' || inferenceId === '') {
    throw new SecondpassError('invalid-argument', 'elasticInference() needs the id of an inference endpoint.');
  }
  const call = inferenceCall(client);
  const name = `elastic-inference(${inferenceId})`;
  return byScore({
    name,
    kind,
    pointwise: true,
    async score(query, candidates, { signal, deadline } = {}) {
      const started = performance.now();
      const scores: (number | undefined)[] = Array.from({ length: candidates.length });
      const notes: Note[] = [];
      let [calls, pairs] = [0, 0];
      for (let start = 0; start < candidates.length; start += batchSize) {
        const batch = candidates.slice(start, start + batchSize);
        let answer: unknown;
        try {
          answer = await within(name, { signal, deadline }, (own) => {
            const params = {
              inference_id: inferenceId,
              query: textOnly(query, name),
              input: batch.map(({ content }) => textOnly(content, name)),
              ...(taskSettings && { task_settings: taskSettings }),
            };
            return call(params, own && { signal: own });
          });
        } catch (error) {
          const late = SecondpassError.isInstance(error) && error.code === 'timed-out';
          if (!late || calls === 0) throw error;
          const ids = candidates.slice(start).map(({ id }) => id);
          const message = `The deadline passed after ${calls} request(s); ${ids.length} text(s) are not scored.`;
          notes.push({ code: 'timed-out', by: name, message, ids });
          break;
        }
        calls++;
        pairs += batch.length;
        const { found, malformed } = readAnswer(answer, batch.length);
        for (const [index, value] of found) scores[start + index] = value;
        if (malformed > 0) {
          const message = `${name} answered ${malformed} time(s) with an index or a score that is none; these were left out.`;
          notes.push({ code: 'malformed-answer', by: name, message });
        }
      }
      const usage = { pairs, calls };
      return {
        value: { scores },
        notes,
        run: { by: name, durationMs: performance.now() - started, model: inferenceId, usage },
      };
    },
  });
}

/** `inference.rerank` where the client has it (8.18 and newer), else the general method with the task type. */
function inferenceCall(client: object): Call {
  const inference: unknown = (client as { inference?: unknown }).inference;
  const has = typeof inference === 'object' && inference !== null ? inference : {};
  const rerank = methodOf(has, 'rerank');
  if (rerank) return rerank;
  const general = methodOf(has, 'inference');
  if (general) return (params, options) => general({ task_type: 'rerank', ...(params as object) }, options);
  throw new SecondpassError(
    'invalid-argument',
    'This client has no inference API with rerank; it came with @elastic/elasticsearch 8.13.',
  );
}

function readAnswer(
  answer: unknown,
  length: number,
): { readonly found: Map<number, number>; readonly malformed: number } {
  const list: unknown = (answer as { rerank?: unknown } | null)?.rerank;
  if (!Array.isArray(list)) {
    throw new SecondpassError(
      'failed',
      `The inference endpoint answered without a list "rerank": ${JSON.stringify(answer)?.slice(0, 200)}`,
    );
  }
  const found = new Map<number, number>();
  for (const item of list as readonly { index?: unknown; relevance_score?: unknown }[]) {
    const { index, relevance_score: value } = item ?? {};
    const valid =
      Number.isInteger(index) && (index as number) >= 0 && (index as number) < length && !found.has(index as number);
    if (valid && typeof value === 'number' && Number.isFinite(value)) found.set(index as number, value);
  }
  return { found, malformed: list.length - found.size };
}

function textOnly(content: Candidate['content'], by: string): string {
  if (typeof content === 'string') return content;
  if (content.every((part) => part.type === 'text')) return content.map((part) => part.text).join('\n');
  throw new SecondpassError('invalid-argument', `${by} reads text, not images.`);
}

import type { Note, Reranker, Run } from '@secondpass/core';
import { documentText, readQueries, streamCorpus, streamTrecRun } from '@secondpass/core/evaluate';
import { openOutput } from '../output/output-file.ts';
import { candidatesOf } from './candidates-of.ts';
import { idNotes, refuseStrangers } from './check-files.ts';
import { RepeatedNotes } from './repeated-notes.ts';
import { runLines } from './run-lines.ts';
import { refuseChanged } from './same-run.ts';
import { surveyRun } from './survey-run.ts';

export interface RerankRunFiles {
  readonly queries: string;
  readonly corpus: string;
  readonly run: string;
  readonly output: string;
}
/** What was done, for a person or for `--json`. */
export interface RerankRunReport {
  readonly queries: number;
  readonly candidates: number;
  readonly scored: number;
  readonly notes: readonly Note[];
  readonly run: Run | undefined;
  readonly milliseconds: { readonly read: number; readonly rerank: number };
}

/**
 * Reranks the first `depth` documents of every query of a TREC run, and writes all of them to a new run. The run is
 * read twice (which documents are needed; then query by query), the corpus once; memory holds the needed texts only.
 */
export async function rerankRun(
  files: RerankRunFiles,
  reranker: Reranker,
  options: {
    readonly depth: number;
    /** A document twice in a list of the run: an error (default), or its best score counts. */
    readonly duplicates?: 'throw' | 'keep-best';
    readonly tag: string;
    readonly signal: AbortSignal;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<RerankRunReport> {
  const { depth, duplicates, tag, signal, onProgress } = options;
  const started = performance.now();
  const queries = await readQueries(files.queries);
  const survey = await surveyRun(files.run, { texts: queries, depth, duplicates, signal });
  const { digests, needed, unknownQueries, pairs } = survey;
  const texts = new Map<string, string>();
  for await (const document of streamCorpus(files.corpus)) {
    if (needed.has(document.id)) texts.set(document.id, documentText(document));
    else signal.throwIfAborted();
  }
  refuseStrangers(files, { runQueries: digests.length, unknownQueries, needed, texts });

  const readMs = performance.now() - started;
  const missing = new Set<string>();
  const said = new RepeatedNotes();
  const totals = { queries: 0, candidates: 0, scored: 0 };
  let run: Run | undefined;
  const output = await openOutput(files.output);
  try {
    const target = { path: files.output, takesBack: output.takesBack };
    for await (const list of streamTrecRun(files.run, { duplicates })) {
      signal.throwIfAborted();
      refuseChanged(files.run, digests, totals.queries, list, target);
      const { query, hits } = list;
      const text = queries.get(query);
      const { head, tail, withoutText } = candidatesOf(list, text === undefined ? 0 : depth, texts);
      for (const id of withoutText) missing.add(id);
      const done = totals.scored;
      const ranking = await reranker.rerank(text ?? '-', head, {
        signal,
        onEvent: (event) => {
          if (event.type === 'rerank-progress') onProgress(done + event.done, pairs);
        },
      });
      said.add(ranking.notes);
      run = ranking.runs.find(({ model }) => model !== undefined) ?? ranking.runs.at(-1) ?? run;
      const placed = ranking.results.map(({ candidate, score }) => ({
        id: candidate.id,
        ...(score && { score: score.value }),
      }));
      await output.write(runLines(query, [...placed, ...tail], tag));
      totals.queries++;
      totals.candidates += hits.length;
      totals.scored += placed.filter(({ score }) => score !== undefined).length;
      onProgress(totals.scored, pairs);
    }
    signal.throwIfAborted();
    refuseChanged(files.run, digests, totals.queries, undefined, target);
    await output.finish();
  } finally {
    await output.discard();
  }
  return {
    ...totals,
    notes: [
      ...survey.notes,
      ...idNotes(
        'unknown-query',
        unknownQueries,
        files.queries,
        'query(ies) of the run are not in the file of queries; their order was kept',
      ),
      ...idNotes(
        'unknown-document',
        [...missing],
        files.corpus,
        'document(s) of the run are not in the corpus; they stand below the scored ones',
      ),
      ...said.notes(),
    ],
    run,
    milliseconds: { read: readMs, rerank: performance.now() - started - readMs },
  };
}

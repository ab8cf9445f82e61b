import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Note, SecondpassError } from '@secondpass/core';
import { type BeirDocument, documentText, type Qrels, type RankedRun, readCollection } from '@secondpass/core/evaluate';
import { bm25Run } from './bm25-run.ts';
import { fingerprintOf } from './fingerprint.ts';
import { idsDownTo, onlyRun, readFirstStage } from './first-stage-run.ts';

/** Hits per query of a first stage that is made here, if nothing is reranked deeper: what TREC runs hold. */
const usualLength = 1000;

/** What tuning works on. */
export interface TuneInputs {
  readonly name: string;
  readonly queries: ReadonlyMap<string, string>;
  /** Whole: what is not reranked is measured too. */
  readonly first: RankedRun;
  /** Of the hits that are reranked. */
  readonly texts: ReadonlyMap<string, string>;
  readonly qrels: Qrels | undefined;
  /** Changes when what is reranked does: scores of other inputs must not be taken for these. */
  readonly fingerprint: string;
  readonly notes: readonly Note[];
}

/** A first-stage run and what belongs to a BEIR folder, there or not: the files that no output may replace. */
export function inputFiles(
  folder: string,
  options: { readonly run: string | undefined; readonly split: string | undefined },
): string[] {
  const run = options.run ?? onlyRun(folder);
  const texts = ['corpus.jsonl', 'queries.jsonl'].map((name) => join(folder, name));
  return [...(run === undefined ? [] : [run]), ...texts, ...judgmentFiles(folder, options.split)];
}

/** Where judgments may be, in the order in which they are looked for. */
function judgmentFiles(folder: string, split: string = 'test'): string[] {
  return [`qrels/${split}.tsv`, 'qrels.tsv', 'qrels.txt'].map((name) => join(folder, name));
}

/**
 * Reads a BEIR folder and its first-stage run: the one named, else the only `.trec` file of the folder, else BM25 over
 * its corpus, made here.
 */
export async function readInputs(
  folder: string,
  options: {
    readonly run: string | undefined;
    /** How deep the run is reranked: texts are read for so many hits. */
    readonly deepest: number;
    readonly judgments: boolean;
    readonly split: string | undefined;
    readonly duplicates: 'throw' | 'keep-best';
    readonly conflicts: 'throw' | 'keep-last' | 'keep-highest';
  },
): Promise<TuneInputs> {
  const { deepest } = options;
  const path = options.run ?? onlyRun(folder);
  const given = path === undefined ? undefined : await readFirstStage(path, options.duplicates);
  const only = given && idsDownTo(given, deepest);
  const collection = await readCollection(folder, { only, split: options.split, conflicts: options.conflicts });
  if (options.judgments && collection.qrels?.size === 0) {
    const file = judgmentFiles(folder, options.split).find((path) => existsSync(path));
    throw new SecondpassError('invalid-argument', `${file} holds no judgments; fill it, or add --no-judgments.`);
  }
  const first = given ?? bm25Run(collection.documents, collection.queries, Math.max(deepest, usualLength));
  const texts = new Map(
    [...collection.documents.values()].map((document: BeirDocument) => [document.id, documentText(document)]),
  );
  const missing = new Set([...idsDownTo(first, deepest)].filter((id) => !texts.has(id)));
  if (texts.size === 0) {
    throw new SecondpassError(
      'invalid-argument',
      `No document of the run ${path ?? ''} is in ${join(folder, 'corpus.jsonl')}. Do they belong together?`,
    );
  }
  const lost: Note[] =
    missing.size === 0
      ? []
      : [
          {
            code: 'unknown-document',
            by: folder,
            message: `${missing.size} document(s) of the run, "${[...missing][0]}" among them, are not in the corpus; they stay unscored.`,
            ids: [...missing],
          },
        ];
  // Judged queries without a text take no part in tuning, which its report says; documents that are absent do count.
  const ofJudgments = collection.notes.filter(({ code }) => options.judgments && code !== 'unknown-query');
  return {
    name: collection.name,
    queries: collection.queries,
    first,
    texts,
    qrels: options.judgments ? collection.qrels : undefined,
    fingerprint: fingerprintOf(first, deepest, collection.queries, texts),
    notes: [...ofJudgments, ...first.notes, ...lost],
  };
}

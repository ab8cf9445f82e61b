import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Note, SecondpassError } from '@secondpass/core';
import {
  type BeirDocument,
  documentText,
  type Qrels,
  type RankedRun,
  readCollection,
  readRun,
} from '@secondpass/core/evaluate';
import { bm25Run } from './bm25-run.ts';

/** What tuning works on, read and cut to what is needed. */
export interface TuneInputs {
  readonly name: string;
  readonly queries: ReadonlyMap<string, string>;
  readonly first: RankedRun;
  readonly texts: ReadonlyMap<string, string>;
  readonly qrels: Qrels | undefined;
  /** Changes when the lists or the texts do: scores of other inputs must not be taken for these. */
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
 * Reads a BEIR folder and its first-stage run: the one named, else the only `.trec` file of the folder, else BM25 over its
 * corpus, made here.
 */
export async function readInputs(
  folder: string,
  options: {
    readonly run: string | undefined;
    readonly deepest: number;
    readonly judgments: boolean;
    readonly split: string | undefined;
    readonly conflicts: 'throw' | 'keep-last' | 'keep-highest';
  },
): Promise<TuneInputs> {
  const { deepest } = options;
  const path = options.run ?? onlyRun(folder);
  const given =
    path === undefined
      ? undefined
      : cutRun(await readRun(path, { name: basename(path).replace(/\.(trec|run|txt|jsonl)(\.gz)?$/i, '') }), deepest);
  const only = given && new Set([...given.lists.values()].flatMap((hits) => hits.map(({ id }) => id)));
  const collection = await readCollection(folder, { only, split: options.split, conflicts: options.conflicts });
  if (options.judgments && collection.qrels?.size === 0) {
    const file = judgmentFiles(folder, options.split).find((path) => existsSync(path));
    throw new SecondpassError('invalid-argument', `${file} holds no judgments; fill it, or add --no-judgments.`);
  }
  const first = given ?? bm25Run(collection.documents, collection.queries, deepest);
  const texts = new Map(
    [...collection.documents.values()].map((document: BeirDocument) => [document.id, documentText(document)]),
  );
  const missing = new Set(
    [...first.lists.values()].flatMap((hits) => hits.map(({ id }) => id)).filter((id) => !texts.has(id)),
  );
  if (texts.size === 0 || missing.size === texts.size + missing.size) {
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
    fingerprint: fingerprintOf(first, collection.queries, texts),
    notes: [...ofJudgments, ...first.notes, ...lost],
  };
}

function onlyRun(folder: string): string | undefined {
  const runs = readdirSync(folder)
    .filter((name) => /\.trec(\.gz)?$/i.test(name))
    .sort();
  if (runs.length > 1)
    throw new SecondpassError(
      'invalid-argument',
      `${folder} holds ${runs.length} runs (${runs.join(', ')}); name one with --run.`,
    );
  return runs[0] && join(folder, runs[0]);
}

function cutRun(run: RankedRun, deepest: number): RankedRun {
  return { ...run, lists: new Map([...run.lists].map(([query, hits]) => [query, hits.slice(0, deepest)])) };
}

function fingerprintOf(
  first: RankedRun,
  queries: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
): string {
  const hash = createHash('sha256');
  for (const [query, hits] of first.lists) {
    hash.update(JSON.stringify([query, queries.get(query) ?? null]));
    for (const { id } of hits) hash.update(JSON.stringify([id, texts.get(id) ?? null]));
  }
  return hash.digest('hex').slice(0, 16);
}

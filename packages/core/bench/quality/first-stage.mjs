// The lists that are reranked: a run that lies in the folder, or BM25.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { documentText, readCollection, readRun, runOf } from '@secondpass/core/evaluate';
import { bm25 } from '../bm25.mjs';

/** `bm25.trec` if it is there, else the only run, else BM25 of our own; an error where several runs leave it open. */
export async function firstStage(folder, depth) {
  const runs = readdirSync(folder).filter((file) => /\.trec(\.gz)?$/.test(file));
  const file = runs.includes('bm25.trec') ? 'bm25.trec' : runs.length === 1 ? runs[0] : undefined;
  if (file) return readRun(join(folder, file), { name: basename(file).replace(/\.trec(\.gz)?$/, '') });
  if (runs.length > 1) throw new Error(`${folder} holds several runs and none is called bm25.trec.`);
  const { documents, queries } = await readCollection(folder, { conflicts: 'keep-last' });
  const retriever = bm25(
    [...documents.values()].map((document) => ({ id: document.id, content: documentText(document) })),
  );
  const lists = [];
  for (const [query, text] of queries) {
    const found = await retriever.retrieve(text, { limit: depth });
    lists.push([query, found.map(({ id, score }) => ({ id, score: score.value }))]);
  }
  return runOf('bm25', lists);
}

/** The scorer sees each candidate with its first-stage score, as it would in a search. */
export function withFirstStage(scorer, first, queries) {
  const byText = new Map();
  for (const [query, hits] of first.lists)
    byText.set(queries.get(query), new Map(hits.map(({ id, score }) => [id, score])));
  const scored = (query) => (candidate) => {
    const value = byText.get(query)?.get(candidate.id);
    return value === undefined ? candidate : { ...candidate, score: { value, kind: 'retrieval', by: first.name } };
  };
  return {
    ...scorer,
    score: (query, candidates, callOptions) => scorer.score(query, candidates.map(scored(query)), callOptions),
  };
}

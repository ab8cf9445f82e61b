// A test collection in BEIR format, with gold decompositions where there are some.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakParts } from './break-steps.mjs';

const jsonLines = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

/**
 * `{ documents, queries: [{ id, text, gold: ids, parts?, answers? }] }`; queries without a relevant document are left
 * out. `parts` are the gold sub-questions, where the folder has some (decompositions.json of MuSiQue, or
 * break_decompositions.json); `answers`, where it has those too, is a function from one, as it is asked, to its gold answer.
 */
export function readMultihop(folder) {
  const documents = jsonLines(join(folder, 'corpus.jsonl')).map(({ _id, title = '', text }) => ({
    id: _id,
    content: title === '' ? text : `${title}\n${text}`,
  }));
  const gold = new Map();
  for (const line of readFileSync(join(folder, 'qrels.tsv'), 'utf8').split('\n').slice(1)) {
    const [query, document, grade] = line.trim().split('\t');
    if (Number(grade) > 0) gold.set(query, [...(gold.get(query) ?? []), document]);
  }
  const steps = fromJson(join(folder, 'decompositions.json'));
  const broken = fromJson(join(folder, 'break_decompositions.json'));
  const queries = jsonLines(join(folder, 'queries.jsonl'))
    .map(({ _id, text }, index) => ({
      id: _id,
      text,
      // "Odd" counts from one, as people do.
      half: index % 2 === 0 ? 'odd' : 'even',
      gold: gold.get(_id) ?? [],
      ...(broken[_id] && { parts: breakParts(broken[_id]) }),
      ...goldParts(steps[_id]),
    }))
    .filter((query) => query.gold.length > 0);
  return { documents, queries };
}

const fromJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});

/** Gold sub-questions as parts with needs, and the gold answer to each of them as it is asked. */
function goldParts(steps) {
  if (!steps) return {};
  // 169 of 478 in musique-dev have the form "X >> relation".
  const texts = steps.map(({ question }) => question.replace(/\s*>>\s*/g, ' '));
  const needs = (text) => [...new Set([...text.matchAll(/#(\d)/g)].map((match) => Number(match[1]) - 1))];
  const filled = (text) => text.replace(/#(\d)/g, (_, n) => steps[Number(n) - 1]?.answer ?? '');
  const answers = new Map(texts.map((text, at) => [words(filled(text)), steps[at].answer]));
  return {
    parts: texts.map((text) => ({ text, needs: needs(text) })),
    answers: (question) => answers.get(words(question)),
  };
}

const words = (text) =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ') ?? '';

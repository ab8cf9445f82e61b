// Where multi-hop search fails, question by question, for reading:
//   node packages/core/bench/multihop/failures.mjs --data FOLDER --system "hops + rerank by parts" [--measure full|first]
//     [--half odd|even] [--limit 30] [--no-rerank] [--json]
//
// `full` lists questions of which evidence is missing among the first 10, `first` those whose first result is none. For
// every gold document: its place, where it was found, and a cause that can be told from the trace:
//   never asked about   no query holds the words of its title, and none found it
//   asked, not found    a query holds them, and it was not among what that query was allowed to bring
//   cut                 a query found it, and it was not among the candidates for reranking
//   its part prefers    it was a candidate, and even the part that rates it highest rates two others higher
//   crowded out         some part has it first or second, and still ten others came first
// Scores of pairs are kept where the bench keeps them.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bm25, terms } from '../bm25.mjs';
import { cachedModel } from './cached-scorer.mjs';
import { readMultihop } from './collection.mjs';
import { systems } from './systems.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    system: { type: 'string', default: 'hops + rerank by parts' },
    measure: { type: 'string', default: 'full' },
    half: { type: 'string', default: 'odd' },
    limit: { type: 'string', default: '30' },
    depth: { type: 'string', default: '100' },
    'rerank-depth': { type: 'string', default: '60' },
    model: { type: 'string' },
    'no-rerank': { type: 'boolean', default: false },
    cache: { type: 'string', default: join(tmpdir(), 'secondpass-bench-multihop') },
    json: { type: 'boolean', default: false },
  },
});
if (!values.data || !['full', 'first'].includes(values.measure)) {
  console.error('Pass --data FOLDER (BEIR format), and --measure full or first.');
  process.exit(2);
}

const { model, scorer } = values['no-rerank'] ? {} : await cachedModel(values.model, values.cache);
const { documents, queries } = readMultihop(values.data);
const titles = new Map(documents.map(({ id, content }) => [id, content.split('\n', 1)[0].slice(0, 60)]));
const retriever = bm25(documents);
const depth = Number(values.depth);
const rows = systems(retriever, { scorer, depth, rerankDepth: Number(values['rerank-depth']) });
const searcherFor = rows.find(([name]) => name === values.system)?.[1];
if (!searcherFor) {
  console.error(`No system "${values.system}"; known: ${rows.map(([name]) => name).join('; ')}.`);
  process.exit(2);
}

const counts = {};
const listed = [];
let asked = 0;
for (const query of queries.filter(({ half }) => values.half === 'all' || half === values.half)) {
  if (listed.length >= Number(values.limit)) break;
  const searcher = searcherFor(query);
  if (!searcher) continue;
  asked++;
  const found = await searcher.search(query.text);
  const place = (id) => found.results.findIndex(({ candidate }) => candidate.id === id) + 1;
  const failed =
    values.measure === 'first'
      ? !query.gold.includes(found.results[0]?.candidate.id)
      : query.gold.some((id) => place(id) === 0 || place(id) > 10);
  if (!failed) continue;
  const questions = found.hops?.map((hop) => hop.query) ?? [query.text, ...found.parts.map(({ text }) => text)];
  const gold = [];
  for (const id of query.gold) gold.push(await story(id, place(id), found, questions));
  for (const { cause } of gold) if (cause) counts[cause] = (counts[cause] ?? 0) + 1;
  const top = found.results.slice(0, 3).map(({ candidate, detail, earlier }) => {
    const scores = [earlier?.at(-1), ...(detail?.parts ?? [])].map((score) => score?.value.toFixed(2) ?? '-');
    return `${titles.get(candidate.id)} (${scores.join(' ')})`;
  });
  listed.push({ id: query.id, question: query.text, parts: found.parts.map(({ text }) => text), gold, top });
}
if (values.json) console.log(JSON.stringify({ ...values, asked, counts, failures: listed }, null, 1));
else {
  for (const { id, question, parts, gold, top } of listed) {
    console.log(`\n${id}  ${question}`);
    for (const [index, part] of parts.entries()) console.log(`   part ${index + 1}: ${part}`);
    for (const { title, at, cause, where } of gold)
      console.log(`   ${at || '-'}  ${title}  ${cause ? `${cause.toUpperCase()}  ` : ''}${where}`);
    console.log(`   first: ${top.join(' | ')}`);
  }
  console.log(
    `\n${listed.length} failures (${values.measure}) among the first ${asked} questions (${values.half}) of ${values.system}`,
  );
  for (const [cause, count] of Object.entries(counts)) console.log(`${String(count).padStart(4)}  ${cause}`);
}
await model?.dispose();

/** What became of a gold document; a cause where it is not among the first 10 (of `first`: not first). */
async function story(id, at, { results }, questions) {
  const title = titles.get(id);
  const result = results[at - 1];
  if (result) {
    const where = result.candidate.sources.map(({ pool, rank }) => `${pool.replace(/^bm25 ?/, '') || 'whole'}:${rank}`);
    const cause =
      at <= (values.measure === 'first' ? 1 : 10)
        ? undefined
        : rankInParts(result, results) > 2
          ? 'its part prefers'
          : 'crowded out';
    return { id, title, at, cause, where: where.join(' ') };
  }
  const wanted = terms(title);
  const holding = questions.filter((question) => wanted.every((term) => terms(question).includes(term)));
  let best;
  for (const question of questions) {
    const rank = (await retriever.retrieve(question, { limit: depth })).findIndex((hit) => hit.id === id) + 1;
    if (rank > 0 && !(best?.rank <= rank)) best = { rank, question };
  }
  const where = best ? `rank ${best.rank} for "${best.question}"` : '';
  const cause = best ? 'cut' : holding.length > 0 ? 'asked, not found' : 'never asked about';
  return { id, title, at, cause, where };
}

/** The best place that the question or one of its parts gives it, by scores; by its lists where nothing was scored. */
function rankInParts(result, results) {
  if (!scorer) return Math.min(...result.candidate.sources.map(({ rank }) => rank));
  const all = ({ earlier, detail }) => [earlier?.at(-1)?.value, ...(detail?.parts ?? []).map((score) => score?.value)];
  const ranks = all(result).map((value, part) =>
    value === undefined ? Infinity : 1 + results.filter((other) => all(other)[part] > value).length,
  );
  return Math.min(...ranks);
}

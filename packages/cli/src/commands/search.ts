import { isBlank } from '@secondpass/core';
import { write } from '../io.ts';
import { loadModel, modelHelp, modelOptions } from '../load-model.ts';
import { jsonLine } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { shellWord } from '../print/shell-word.ts';
import { styleFor } from '../print/style.ts';
import { bm25 } from '../search/bm25.ts';
import { misplacedQuestion } from '../search/misplaced-question.ts';
import { readCorpus } from '../search/read-corpus.ts';
import { renderCorpus, renderSearch, renderSummary } from '../search/render.ts';
import type { SearchReport } from '../search/report.ts';
import { searchOnce } from '../search/search-once.ts';
import { type Arguments, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass search: ask a folder of text, Markdown and HTML a question.

Usage: secondpass search <folder-or-files…> --query "…" [options]

The question is taken apart where it asks several things; each part is searched
by words (BM25); the finds are put together in turns, so that no part is
drowned; and the model reads each find beside the question and beside the part
that found it, and puts the best evidence for each of them first. Everything
happens in this process: no server, no index on disk, no network.

Options:
  --query, -q TEXT   The question. May be given several times: the folder is
                     read once, a summary follows
  --top, -t N        How many passages to show (default: 5)
  --depth, -d N      How many passages to rerank (default: 50). More finds more
                     and takes longer
  --no-rerank        Stop before the model: what search by words alone gives
  --no-decompose     Search for the question as it stands
  --hops             Go on from what was found: names in the best passages
                     become new queries
${modelHelp(21)}
  --json             One JSON object on the standard output, and nothing else
                     there

What is read: .txt .md .mdx .html .rst .adoc and such, README and its kin
without an ending; any file that you name. Names that start with a dot and
node_modules are passed over unless named; symbolic links are not followed;
binary files and files above 8 MB are skipped with a note.

Examples:
  secondpass search docs --query "How do I retry, and how do I cancel?"
  secondpass search README.md CHANGELOG.md -q "Which version dropped Node 18?"
  secondpass search . -q "a question" -q "another" --json > answers.json`;

export const search: Command = {
  name: 'search',
  summary: 'Ask a folder of text, Markdown and HTML a question',
  help,
  options: {
    query: { value: 'TEXT', short: 'q', many: true },
    top: { value: 'N', short: 't' },
    depth: { value: 'N', short: 'd' },
    'no-rerank': {},
    'no-decompose': {},
    hops: {},
    ...modelOptions,
    json: {},
  },
  async run(argv, io, signal) {
    const given = readArguments(argv, search.options);
    const questions = checkedQuestions(given, io.cwd);
    const top = given.integer('top', 5, 1);
    const depth = given.integer('depth', 50, 1);
    const json = given.has('json');
    const style = styleFor(io.stdout, io.env);

    const started = performance.now();
    const read = await readCorpus(given, io, signal);
    const retriever = bm25(read.passages);
    const readMs = performance.now() - started;
    if (!json) await write(io.stdout, renderCorpus(read, readMs, style));

    const loading = performance.now();
    await using model = given.has('no-rerank') ? undefined : await loadModel(given, io, signal);
    const loadMs = model && performance.now() - loading;
    const reports: SearchReport[] = [];
    for (const question of questions) {
      const bar = progress('Reranking', io, { quiet: json });
      const report = await searchOnce(question, {
        retriever,
        scorer: model?.scorer,
        hops: given.has('hops'),
        decompose: !given.has('no-decompose'),
        top,
        depth,
        signal,
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.end());
      reports.push(report);
      if (!json) await write(io.stdout, `${renderSearch(report, style)}\n`);
    }
    const milliseconds = { read: readMs, ...(loadMs !== undefined && { loadModel: loadMs }) };
    if (json) {
      const { files, remarks, leftAside } = read;
      await write(
        io.stdout,
        jsonLine({ files, passages: read.passages.length, remarks, leftAside, milliseconds, results: reports }),
      );
      return 0;
    }
    if (reports.length > 1) await write(io.stdout, `${style.bold('Summary')}\n${renderSummary(reports, style)}`);
    return 0;
  },
};

function checkedQuestions(given: Arguments, cwd: string): readonly string[] {
  const questions = given.texts('query');
  const misplaced = misplacedQuestion(given.positionals, questions, cwd);
  if (misplaced) {
    const paths = misplaced.paths.length > 0 ? misplaced.paths.map(shellWord).join(' ') : 'FOLDER';
    throw new UsageError(
      `The question follows --query, in quotes: secondpass search ${paths} --query ${shellWord(misplaced.question)}`,
    );
  }
  if (given.positionals.length === 0)
    throw new UsageError('search needs a folder or files: secondpass search docs --query "…"');
  if (questions.length === 0)
    throw new UsageError(`search needs a question: secondpass search ${given.positionals[0]} --query "…"`);
  if (questions.some((question) => isBlank(question)))
    throw new UsageError('--query is empty; write the question between the quotes.');
  return questions;
}

import { resolve } from 'node:path';
import { isBlank } from '@secondpass/core';
import { write } from '../io.ts';
import { loadModel, modelHelp, modelOptions } from '../load-model.ts';
import { checkOutput, sharesStandardOutput } from '../output/check-output.ts';
import { writeOutput } from '../output/output-file.ts';
import { jsonLine } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { shellWord } from '../print/shell-word.ts';
import { styleFor } from '../print/style.ts';
import { findFiles } from '../read/find-files.ts';
import { isOwnPageAt } from '../read/own-page.ts';
import { bm25 } from '../search/bm25.ts';
import { explainAsHtml } from '../search/explain-html.ts';
import { renderExplanation } from '../search/explain-text.ts';
import { misplacedQuestion } from '../search/misplaced-question.ts';
import { readCorpus } from '../search/read-corpus.ts';
import { renderCorpus } from '../search/render.ts';
import { searchOnce } from '../search/search-once.ts';
import { type Arguments, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass explain: how a question finds its evidence, step by step.

Usage: secondpass explain "question" <folder-or-files…> [options]
       secondpass explain <folder-or-files…> --query "question" [options]

Shows the parts of the question, every query that was asked and why, what each
brought, and the way from the order before reranking to the final one, with the
score of each passage for the whole question and for each part that found it.

Options:
  --query, -q TEXT  The question, if it does not stand in front
  --top, -t N       How many passages to show (default: 10)
  --depth, -d N     How many passages to rerank (default: 50)
  --no-hops         Ask the question and its parts only; do not go on from what
                    they found
  --html FILE       Write it as a page, too
${modelHelp(20)}
  --json            One JSON object on the standard output, and nothing else
                    there

Examples:
  secondpass explain "Who directed the film that won in 1994?" wiki
  secondpass explain "How do I retry, and how do I stop?" docs --html why.html`;

export const explain: Command = {
  name: 'explain',
  summary: 'How a question finds its evidence: parts, queries, scores per part',
  help,
  options: {
    query: { value: 'TEXT', short: 'q' },
    top: { value: 'N', short: 't' },
    depth: { value: 'N', short: 'd' },
    'no-hops': {},
    html: { value: 'FILE' },
    ...modelOptions,
    json: {},
  },
  async run(argv, io, signal) {
    const given = readArguments(argv, explain.options);
    const { question, paths } = checkedQuestion(given, io.cwd);
    const top = given.integer('top', 10, 1);
    const depth = given.integer('depth', 50, 1);
    const json = given.has('json');
    const page = given.has('html') ? resolve(io.cwd, given.text('html')!) : undefined;
    if (page !== undefined) {
      const { files } = await findFiles(paths, io.cwd, signal);
      const rewritten = await isOwnPageAt(page);
      await checkOutput(
        'html',
        page,
        // A page of an earlier run is not read unless it is named, so it may be written anew.
        files.filter(({ named }) => named || !rewritten).map(({ path }) => path),
      );
    }
    const told = page !== undefined && sharesStandardOutput('html', page, json) ? io.stderr : io.stdout;
    const style = styleFor(told, io.env);
    const started = performance.now();
    const read = await readCorpus({ ...given, positionals: paths }, io, signal);
    const retriever = bm25(read.passages);
    if (!json) await write(told, renderCorpus(read, performance.now() - started, style));
    await using model = await loadModel(given, io, signal);
    const bar = progress('Reranking', io, { quiet: json });
    const report = await searchOnce(question, {
      retriever,
      scorer: model.scorer,
      decompose: true,
      hops: !given.has('no-hops'),
      top,
      depth,
      signal,
      onProgress: (done, total) => bar.update(done, total),
    }).finally(() => bar.end());
    const { files, remarks, leftAside } = read;
    const all = { files, passages: read.passages.length, remarks, leftAside, ...report };
    await write(told, json ? jsonLine(all) : renderExplanation(report, style));
    if (page !== undefined) {
      await writeOutput(page, explainAsHtml(report));
      if (!json) await write(told, `\nAs a page: ${given.text('html')}\n`);
    }
    return 0;
  },
};

/** The question, by `--query` or in front of the paths, and the paths. */
function checkedQuestion(
  given: Arguments,
  cwd: string,
): { readonly question: string; readonly paths: readonly string[] } {
  const queries = given.texts('query');
  const [question, ...paths] = [...queries, ...given.positionals];
  const misplaced = misplacedQuestion(given.positionals, queries, cwd);
  if (misplaced && misplaced.question !== question && misplaced.paths.length > 0) {
    const words = [misplaced.question, ...misplaced.paths].map(shellWord).join(' ');
    throw new UsageError(`The question stands in front, in quotes: secondpass explain ${words}`);
  }
  if (question === undefined || paths.length === 0) {
    throw new UsageError('explain needs a question and a folder: secondpass explain "How do I …?" docs');
  }
  if (isBlank(question)) throw new UsageError('The question is empty; write it between the quotes.');
  return { question, paths };
}

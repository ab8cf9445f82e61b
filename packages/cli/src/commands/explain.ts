import { resolve } from 'node:path';
import { write } from '../io.ts';
import { loadModel, modelHelp, modelOptions } from '../load-model.ts';
import { checkOutput } from '../output/check-output.ts';
import { writeOutput } from '../output/output-file.ts';
import { progress } from '../print/progress.ts';
import { styleFor } from '../print/style.ts';
import { findFiles } from '../read/find-files.ts';
import { bm25 } from '../search/bm25.ts';
import { explainAsHtml } from '../search/explain-html.ts';
import { renderExplanation } from '../search/explain-text.ts';
import { readCorpus } from '../search/read-corpus.ts';
import { searchOnce } from '../search/search-once.ts';
import { readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass explain: how a question finds its evidence, step by step.

Usage: secondpass explain "question" <folder-or-files…> [options]

Shows the parts of the question, every query that was asked and why, what each brought, and the way from the fused
list to the final order, with the score of each passage for the whole question and for each part that found it.

Options:
  --top, -t N       How many passages to show (default: 10)
  --depth, -d N     How many passages to rerank (default: 50)
  --no-hops         Ask the question and its parts only; do not go on from what they found
  --html FILE       Write it as a page, too
${modelHelp(20)}
  --json            One JSON object on the standard output, and nothing else there

Examples:
  secondpass explain "Who directed the film that won in 1994?" wiki
  secondpass explain "How do I retry, and how do I cancel?" docs --no-hops --html retry.html`;

export const explain: Command = {
  name: 'explain',
  summary: 'How a question finds its evidence: parts, queries, scores per part',
  help,
  options: {
    top: { value: 'N', short: 't' },
    depth: { value: 'N', short: 'd' },
    'no-hops': {},
    html: { value: 'FILE' },
    ...modelOptions,
    json: {},
  },
  async run(argv, io, signal) {
    const given = readArguments(argv, explain.options);
    const [question, ...paths] = given.positionals;
    if (question === undefined || paths.length === 0) {
      throw new UsageError('explain needs a question and a folder: secondpass explain "How do I …?" docs');
    }
    if (question.trim() === '') throw new UsageError('The question is empty; write it between the quotes.');
    const top = given.integer('top', 10, 1);
    const depth = given.integer('depth', 50, 1);
    const json = given.has('json');
    const page = given.has('html') ? resolve(io.cwd, given.text('html')!) : undefined;
    if (page !== undefined) {
      const { files } = await findFiles(paths, io.cwd, signal);
      await checkOutput(
        'html',
        page,
        files.map(({ path }) => path),
      );
    }
    const read = await readCorpus({ ...given, positionals: paths }, io, signal);
    await using model = await loadModel(given, io, signal);
    const bar = progress('Reranking', io, { quiet: json });
    const report = await searchOnce(question, {
      retriever: bm25(read.passages),
      scorer: model.scorer,
      decompose: true,
      hops: !given.has('no-hops'),
      top,
      depth,
      signal,
      onProgress: (done, total) => bar.update(done, total),
    }).finally(() => bar.end());
    await write(
      io.stdout,
      json ? `${JSON.stringify(report)}\n` : renderExplanation(report, styleFor(io.stdout, io.env)),
    );
    if (page !== undefined) {
      await writeOutput(page, explainAsHtml(report));
      if (!json) await write(io.stdout, `\nAs a page: ${given.text('html')}\n`);
    }
    return 0;
  },
};

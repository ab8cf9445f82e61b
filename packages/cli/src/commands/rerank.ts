import { basename, resolve } from 'node:path';
import { isBlank, type Note } from '@secondpass/core';
import { type Io, write } from '../io.ts';
import { loadModel, modelHelp, modelOptions } from '../load-model.ts';
import { checkOutput, sharesStandardOutput } from '../output/check-output.ts';
import { duration } from '../print/layout.ts';
import { modelOf } from '../print/model-of.ts';
import { jsonLine, printable } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { refuseAbsent, refuseStream } from '../rerank/check-files.ts';
import { duplicateRule } from '../read/rules.ts';
import { formatLines, linesAsJson } from '../rerank/format-lines.ts';
import { type LineFormat, readLines } from '../rerank/read-lines.ts';
import { rerankRun } from '../rerank/rerank-run.ts';
import { type Arguments, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass rerank: put lines, or the documents of a TREC run, in order.

Usage:
  secondpass rerank --query "…" [--top N] [--json] < lines
  secondpass rerank --queries Q --corpus C --run IN --output OUT [--depth 100]

Lines: each line of the standard input is a text; or each is a JSON object with
"text" and, if you like, "id" and "title". Texts come back best first, as
score<TAB>line; objects come back as they were, with "_secondpass" added.
  --query, -q TEXT   The question
  --top, -t N        Print the best N only (default: all)
  --format FORMAT    lines or jsonl (default: seen from the first line)

Runs: queries and corpus in BEIR's format (JSON lines with _id, title, text; .gz
too), a TREC run in, a TREC run out.
  --queries FILE     {"_id": "q1", "text": "…"}
  --corpus FILE      {"_id": "d1", "title": "…", "text": "…"}
  --run FILE         query Q0 document rank score tag
  --output, -o FILE  The new run, in the same form: every document of the old
                     one, once; packed if its name ends in .gz. It appears when
                     it is complete
  --duplicates HOW   A document twice in a list: throw (default) or keep-best
                     (its best score)
  --depth, -d N      Rerank the first N of each query (default: 100). The others
                     follow below, in their old order; their numbers only say
                     so: they start at least 1 below the lowest score and are no
                     scores

Both:
${modelHelp(21)}
  --json             One JSON object on the standard output, and nothing else
                     there

Examples:
  cat notes.txt | secondpass rerank -q "what did we decide on caching?" --top 3
  jq -c '.hits[]' hits.json | secondpass rerank -q "cheap flights" --json
  secondpass rerank --queries queries.jsonl --corpus corpus.jsonl \\
    --run bm25.trec --output reranked.trec --depth 50`;

export const rerank: Command = {
  name: 'rerank',
  summary: 'Put lines, or the documents of a TREC run, in order of relevance',
  help,
  options: {
    query: { value: 'TEXT', short: 'q' },
    top: { value: 'N', short: 't' },
    format: { value: 'lines|jsonl' },
    queries: { value: 'FILE' },
    corpus: { value: 'FILE' },
    run: { value: 'FILE' },
    output: { value: 'FILE', short: 'o' },
    depth: { value: 'N', short: 'd' },
    duplicates: { value: 'throw|keep-best' },
    ...modelOptions,
    json: {},
  },
  async run(argv, io, signal) {
    const given = readArguments(argv, rerank.options);
    if (given.positionals.length > 0) {
      throw new UsageError(
        `rerank reads the standard input, not "${given.positionals[0]}": secondpass rerank --query "…" < ${given.positionals[0]}`,
      );
    }
    const ofRuns = ['queries', 'corpus', 'run', 'output', 'depth', 'duplicates'].filter((name) => given.has(name));
    return ofRuns.length > 0 ? runMode(given, ofRuns, io, signal) : lineMode(given, io, signal);
  },
};

async function lineMode(given: Arguments, io: Io, signal: AbortSignal): Promise<number> {
  const query = given.text('query');
  if (query === undefined)
    throw new UsageError('rerank needs --query "…", or --queries, --corpus, --run and --output.');
  if (isBlank(query)) throw new UsageError('--query is empty; write the question between the quotes.');
  const topK = given.has('top') ? given.integer('top', 0, 1) : undefined;
  const asked = given.text('format');
  if (asked !== undefined && asked !== 'lines' && asked !== 'jsonl')
    throw new UsageError(`--format is "${asked}"; it must be lines or jsonl.`);
  if (io.stdin.isTTY)
    io.stderr.write('Reading lines from the keyboard; end them with Ctrl-D (Ctrl-Z and Enter on Windows).\n');
  const { format, candidates, notes } = await readLines(io.stdin, asked as LineFormat | undefined, signal);
  const json = given.has('json');
  if (candidates.length === 0)
    io.stderr.write('secondpass: the standard input holds no lines; there is nothing to rerank.\n');
  await using model = await loadModel(given, io, signal);
  const bar = progress('Reranking', io, { quiet: json });
  const reranked = await model
    .rerank(query, candidates, {
      topK,
      signal,
      onEvent: (event) => {
        if (event.type === 'rerank-progress') bar.update(event.done, event.total);
      },
    })
    .finally(() => bar.end());
  const ranking = { ...reranked, notes: [...notes, ...reranked.notes] };
  const text = json ? linesAsJson(query, ranking, format) : formatLines(ranking, format);
  await write(io.stdout, io.stdout.isTTY ? printable(text) : text);
  if (!json) tellNotes(ranking.notes, io);
  return 0;
}

async function runMode(given: Arguments, ofRuns: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const absent = ['queries', 'corpus', 'run', 'output'].filter((name) => !given.has(name));
  if (absent.length > 0)
    throw new UsageError(`With --${ofRuns[0]}, ${absent.map((name) => `--${name}`).join(' and ')} must be given too.`);
  const stray = ['query', 'top', 'format'].find((name) => given.has(name));
  if (stray)
    throw new UsageError(`--${stray} is for lines from the standard input; with --run use --queries and --depth.`);
  const depth = given.integer('depth', 100, 1);
  const duplicates = duplicateRule(given.text('duplicates'));
  if (/\.jsonl(?:\.gz)?$/i.test(given.text('output')!)) {
    throw new UsageError(
      `--output is written as a TREC run, and ${given.text('output')} would be read again as JSON lines; name it .trec or .trec.gz.`,
    );
  }
  const at = (name: string): string => resolve(io.cwd, given.text(name)!);
  const files = { queries: at('queries'), corpus: at('corpus'), run: at('run'), output: at('output') };
  await refuseStream(files.run);
  await checkOutput('output', files.output, [files.queries, files.corpus, files.run]);
  await refuseAbsent([files.queries, files.corpus, files.run]);
  const json = given.has('json');
  const summary = sharesStandardOutput('output', files.output, json) ? io.stderr : io.stdout;
  await using model = await loadModel(given, io, signal, 'logit');
  const bar = progress('Reranking', io, { quiet: json });
  const report = await rerankRun(files, model, {
    depth,
    duplicates,
    tag: 'secondpass',
    signal,
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.end());
  const { queries, candidates, scored, milliseconds } = report;
  if (json) {
    await write(io.stdout, jsonLine({ ...report, output: files.output }));
    return 0;
  }
  tellNotes(report.notes, io);
  const each = scored > 0 ? `, ${duration(milliseconds.rerank / scored)} a document` : '';
  await write(
    summary,
    `${basename(files.output)}: ${queries} queries, ${candidates} documents, ${scored} of them reranked in ${duration(milliseconds.rerank)}${each} (${modelOf(report.run ? [report.run] : [])}).\n`,
  );
  return 0;
}

function tellNotes(notes: readonly Note[], io: Io): void {
  for (const { message } of notes) io.stderr.write(`Note: ${printable(message)}\n`);
}

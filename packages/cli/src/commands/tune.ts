import { resolve } from 'node:path';
import { openResults, parseMeasure, tune as runTune, tuneReportPage } from '@secondpass/core/evaluate';
import { deviceChoices } from '@secondpass/core/models';
import { write } from '../io.ts';
import { loadNamed, modelOptions } from '../load-model.ts';
import { sharesStandardOutput } from '../output/check-output.ts';
import { writeOutput } from '../output/output-file.ts';
import { printable } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { styleFor } from '../print/style.ts';
import { checkFolder, checkOutputs, checkRun } from '../tune/check-files.ts';
import { commandLine, environment, measuredWith } from '../tune/environment.ts';
import { loadSystems } from '../tune/load-systems.ts';
import { conflictRule, integers, strategyList, timeSpan, weights } from '../tune/parse-lists.ts';
import { printTune } from '../tune/print-tune.ts';
import { inputFiles, readInputs } from '../tune/read-inputs.ts';
import { asUsage, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass tune: does reranking pay here, how deep, with which model, at what latency?

Usage:
  secondpass tune FOLDER [--run RUN] [--time 10m] [--budget-ms MS] [--model M …] [--results FILE] [--json]

FOLDER  A BEIR folder: corpus.jsonl, queries.jsonl and, for measuring, qrels.tsv or qrels/test.tsv. Without judgments it
        tells how the top settles as depth grows, so that a depth can still be chosen.
RUN     The first stage, as a TREC run (default: the only .trec file of the folder, else BM25 over its corpus)

Every pair is scored once and serves all depths and blends. One half of the queries chooses, the other half is held
against it.
  --time SPAN           Time to spend in all, such as 90s or 10m (default: as long as all queries take). Several systems
                        share it by successive halving
  --budget-ms MS        95th percentile of a query's reranking time at most
  --model, -m MODEL     May be given more than once: mini-en (the embedded model, default) and its lines mini-en/fast,
                        mini-en/best and mini-en/cross-encoder, a model folder, a package, or a hub model
  --device DEVICE       Where they run: ${deviceChoices.join(', ')} (default: cpu)
  --max-length LIST     Tokens the model may read of question and text, such as 128,512 (default: what it can)
  --strategy LIST       How long texts are read: whole (from the start, as far as the model can; default), passages (in
                        passages, of which the best counts), or both, divided by a comma
  --depths LIST         Default: 10,20,30,50,75,100,150,200
  --blends LIST         Weights of the first stage's score (default: 0,0.1,0.2,0.3,0.5,0.7)
  --measure MEASURE     Default: nDCG@10
  --split NAME          Judgments qrels/NAME.tsv (default: test)
  --conflicts HOW       Two grades for one document: throw (default), keep-last or keep-highest
  --no-judgments        As if there were none
  --report FILE         Write the report as one HTML page with plots
  --results FILE        Keep scores here; started again, it goes on where it was. Ctrl-C loses at most one query
  --workers N           Inference threads (default: what loadReranker takes: all cores but one, at most 4)
  --seed N              Order of the queries (default: 1)
  --json                One JSON object on the standard output, and nothing else there

Examples:
  secondpass tune data/scifact --time 5m --results scifact.jsonl
  secondpass tune data/scifact --budget-ms 200 --max-length 128,512`;

export const tune: Command = {
  name: 'tune',
  summary: 'Find out whether reranking pays, how deep, at what latency',
  help,
  options: {
    run: { value: 'FILE' },
    time: { value: 'SPAN' },
    'budget-ms': { value: 'MS' },
    model: { value: 'MODEL', short: 'm', many: true },
    device: modelOptions.device,
    'max-length': { value: 'LIST' },
    strategy: { value: 'LIST' },
    depths: { value: 'LIST' },
    blends: { value: 'LIST' },
    measure: { value: 'MEASURE' },
    split: { value: 'NAME' },
    conflicts: { value: 'throw|keep-last|keep-highest' },
    'no-judgments': {},
    report: { value: 'FILE' },
    results: { value: 'FILE' },
    workers: { value: 'N' },
    seed: { value: 'N' },
    json: {},
  },
  async run(argv, io, signal) {
    const started = performance.now();
    const given = readArguments(argv, tune.options);
    const [folder, ...more] = given.positionals;
    if (folder === undefined || more.length > 0) throw new UsageError('tune takes one folder: secondpass tune FOLDER');
    const depths = integers('depths', given.text('depths')) ?? [10, 20, 30, 50, 75, 100, 150, 200];
    const blends = weights('blends', given.text('blends'));
    const timeMs = timeSpan('time', given.text('time'));
    const budgetMs = given.has('budget-ms') ? given.integer('budget-ms', 0, 1) : undefined;
    const measure = asUsage(() => parseMeasure(given.text('measure') ?? 'nDCG@10'));
    const strategies = strategyList(given.text('strategy'));
    const seed = given.integer('seed', 1, 0);
    const json = given.has('json');
    const path = (name: string): string | undefined =>
      given.has(name) ? resolve(io.cwd, given.text(name)!) : undefined;
    const [run, results, page] = [path('run'), path('results'), path('report')];
    checkFolder(resolve(io.cwd, folder));
    const read = inputFiles(resolve(io.cwd, folder), { run, split: given.text('split') });
    await checkOutputs({ results, page }, read);
    const told = page !== undefined && sharesStandardOutput('report', page, json) ? io.stderr : io.stdout;
    if (run !== undefined) checkRun(run);
    const inputs = await readInputs(resolve(io.cwd, folder), {
      run,
      deepest: depths.at(-1)!,
      judgments: !given.has('no-judgments'),
      split: given.text('split'),
      conflicts: conflictRule(given.text('conflicts')),
    });
    signal.throwIfAborted();
    if (!json) for (const { message } of inputs.notes) io.stderr.write(`Note: ${printable(message)}\n`);
    const models = given.texts('model');
    await using loaded = await loadSystems({
      models: models.length > 0 ? models : [undefined],
      maxLengths: integers('max-length', given.text('max-length')) ?? [undefined],
      strategies,
      workers: given.has('workers') ? given.integer('workers', 1, 1) : undefined,
      device: given.text('device'),
      load: (model, options) => loadNamed(model, given, io, signal, options),
    });
    const store =
      results === undefined ? undefined : await openResults(results, { inputs: inputs.fingerprint, depths });
    const bar = progress('Scoring queries', io, { quiet: json });
    const report = await runTune({
      queries: inputs.queries,
      first: inputs.first,
      textOf: (id) => inputs.texts.get(id),
      systems: loaded.systems,
      qrels: inputs.qrels,
      measure,
      depths,
      blends,
      budgetMs,
      timeMs: timeMs === undefined ? undefined : Math.max(0, timeMs - (performance.now() - started)),
      seed,
      store,
      signal,
      onProgress: (done, total) => bar.update(done, total),
    }).finally(async () => {
      bar.end();
      await store?.close();
    });
    const { workers } = loaded;
    const all = { ...report, workers, notes: [...inputs.notes, ...report.notes] };
    const measured = measuredWith(workers, given.text('device'));
    await write(told, json ? `${JSON.stringify(all)}\n` : printTune(report, measured, styleFor(told, io.env)));
    if (page !== undefined) {
      const setting = {
        title: `${inputs.name}, ${inputs.first.name}`,
        environment: environment(loaded),
        commands: [commandLine(argv)],
      };
      await writeOutput(page, tuneReportPage(report, setting));
    }
    return 0;
  },
};

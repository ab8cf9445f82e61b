import { resolve } from 'node:path';
import { openResults, parseMeasure, tune as runTune, tuneReportPage } from '@secondpass/core/evaluate';
import { write } from '../io.ts';
import { loadNamed, modelOptions } from '../load-model.ts';
import { sharesStandardOutput } from '../output/check-output.ts';
import { writeOutput } from '../output/output-file.ts';
import { jsonLine, printable } from '../print/printable.ts';
import { progress } from '../print/progress.ts';
import { styleFor } from '../print/style.ts';
import { conflictRule, duplicateRule } from '../read/rules.ts';
import { checkFolder, checkOutputs, checkRun } from '../tune/check-files.ts';
import { commandLine, environment, measuredWith } from '../tune/environment.ts';
import { tuneHelp } from '../tune/help.ts';
import { loadSystems } from '../tune/load-systems.ts';
import { integers, strategyList, timeSpan, weights } from '../tune/parse-lists.ts';
import { printTune } from '../tune/print-tune.ts';
import { inputFiles, readInputs } from '../tune/read-inputs.ts';
import { asUsage, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

export const tune: Command = {
  name: 'tune',
  summary: 'Find out whether reranking pays, how deep, at what latency',
  help: tuneHelp,
  options: {
    run: { value: 'FILE' },
    time: { value: 'SPAN' },
    'budget-ms': { value: 'MS' },
    model: { value: 'MODEL', short: 'm', many: true },
    device: modelOptions.device,
    precision: modelOptions.precision,
    'max-length': { value: 'LIST' },
    strategy: { value: 'LIST' },
    depths: { value: 'LIST' },
    blends: { value: 'LIST' },
    measure: { value: 'MEASURE' },
    split: { value: 'NAME' },
    duplicates: { value: 'throw|keep-best' },
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
      duplicates: duplicateRule(given.text('duplicates')),
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
      precision: given.text('precision'),
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
    await write(told, json ? jsonLine(all) : printTune(report, measured, styleFor(told, io.env)));
    if (page !== undefined) {
      const setting = {
        title: `${inputs.name}, ${inputs.first.name}`,
        environment: environment(loaded),
        commands: [commandLine(argv)],
      };
      await writeOutput(page, tuneReportPage(all, setting));
    }
    return 0;
  },
};

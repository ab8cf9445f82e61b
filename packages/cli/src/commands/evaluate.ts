import { resolve } from 'node:path';
import { type Gate, isAgreement, parseAgreement, parseGate, parseMeasure } from '@secondpass/core/evaluate';
import { evaluateRuns } from '../evaluate/evaluate-runs.ts';
import { evaluationJson } from '../evaluate/evaluation-json.ts';
import { printEvaluation } from '../evaluate/print-evaluation.ts';
import { write } from '../io.ts';
import { printable } from '../print/printable.ts';
import { styleFor } from '../print/style.ts';
import { conflictRule, duplicateRule } from '../read/rules.ts';
import { asUsage, readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass evaluate: measure runs against judgments; say whether they differ.

Usage:
  secondpass evaluate --qrels QRELS RUN [RUN …] [options]

QRELS   Judgments: TREC (query iteration document grade), BEIR (query, document,
        grade; tabs) or JSON lines
RUN     TREC runs (query Q0 document rank score tag), in trec_eval's order:
        scores count, ranks do not; or JSON lines ({"query", "hits": [{"id",
        "score"}]}), in the order of "hits": scores do not count. A run is read
        as JSON lines if its name ends in .jsonl. Both may be packed (.gz).
        Later runs are compared with the first

Options:
  --measures, -m LIST   Divided by commas (default:
                        nDCG@10,MRR@10,Recall@100,MAP). Known: nDCG,
                        nDCG(gains=exp), MRR, MAP, Recall, Precision, Success,
                        Rprec, Bpref, Judged, ERR(max=4), RBP(p=0.8),
                        FullSupport; with (rel=2) where only grades from 2 are
                        relevant; and, against the first run, RBO(p=0.9) and
                        KendallTau
  --gate GATE           Exit with 1 unless it holds: "nDCG@10>=0.6" for a value,
                        "nDCG@10>=+0.02" for a gain over the first run. May be
                        given more than once
  --per-query           Every query's values too
  --answered            Average over the judged queries that a run answers
                        (default: all; a missing one counts as 0)
  --duplicates HOW      A document twice in a list: throw (default) or keep-best
                        (its best score; its first place in JSON lines)
  --conflicts HOW       Two grades for one document: throw (default), keep-last
                        or keep-highest
  --resamples N         Bootstrap and randomisation samples (default: 10000)
  --level L             Confidence level (default: 0.95)
  --seed N              Seed of the samples (default: 1)
  --json                One JSON object on the standard output, and nothing else
                        there

Examples:
  secondpass evaluate --qrels qrels.tsv bm25.trec reranked.trec
  secondpass evaluate --qrels qrels.txt -m "nDCG@10,MRR(rel=2)@10" bm25.trec
  secondpass evaluate --qrels qrels.tsv --gate "nDCG@10>=+0.02" a.trec b.trec`;

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Measure runs against judgments, and say whether they differ',
  help,
  options: {
    qrels: { value: 'FILE' },
    measures: { value: 'LIST', short: 'm' },
    gate: { value: 'GATE', many: true },
    'per-query': {},
    answered: {},
    duplicates: { value: 'throw|keep-best' },
    conflicts: { value: 'throw|keep-last|keep-highest' },
    resamples: { value: 'N' },
    level: { value: 'L' },
    seed: { value: 'N' },
    json: {},
  },
  async run(argv, io, signal) {
    const given = readArguments(argv, evaluate.options);
    const qrels = given.text('qrels');
    if (qrels === undefined) throw new UsageError('evaluate needs judgments: --qrels FILE.');
    if (given.positionals.length === 0)
      throw new UsageError(`evaluate needs at least one run: secondpass evaluate --qrels ${qrels} RUN`);
    const duplicates = duplicateRule(given.text('duplicates'));
    const level = Number(given.text('level') ?? 0.95);
    if (!(level > 0 && level < 1))
      throw new UsageError(`--level is "${given.text('level')}"; it must be between 0 and 1.`);
    const gates = given.texts('gate').map((text) => asUsage<Gate>(() => parseGate(text)));
    const gain = gates.find(({ relative }) => relative);
    if (gain && given.positionals.length === 1)
      throw new UsageError(
        `--gate "${gain.text}" compares with the first run and there is no second; give two runs, or drop the sign.`,
      );
    const measures = readMeasures(given.text('measures') ?? 'nDCG@10,MRR@10,Recall@100,MAP');
    const agreement = measures.find(isAgreement);
    if (agreement !== undefined && given.positionals.length === 1)
      throw new UsageError(
        `--measures "${agreement}" compares with the first run and there is no second; give two runs, or leave it out.`,
      );
    const report = await evaluateRuns({
      qrels: resolve(io.cwd, qrels),
      runs: given.positionals.map((path) => resolve(io.cwd, path)),
      measures,
      gates,
      average: given.has('answered') ? 'answered' : 'judged',
      duplicates,
      conflicts: conflictRule(given.text('conflicts')),
      statistics: { resamples: given.integer('resamples', 10_000, 100), level, seed: given.integer('seed', 1, 0) },
      signal,
    });
    const perQuery = given.has('per-query');
    if (given.has('json')) {
      await write(io.stdout, evaluationJson(report, { perQuery }));
    } else {
      for (const { by, message } of report.notes) io.stderr.write(`Note: ${printable(`${by}: ${message}`)}\n`);
      await write(io.stdout, printEvaluation(report, styleFor(io.stdout, io.env), { perQuery, level }));
    }
    return report.gates.every(({ passed }) => passed) ? 0 : 1;
  },
};

/** The list of measures, checked before anything is read. Commas inside brackets belong to a measure. */
export function readMeasures(list: string): string[] {
  const names = list.split(/[,\s]+(?![^(]*\))/).filter(Boolean);
  if (names.length === 0) throw new UsageError('--measures is empty; leave it out or name some, such as nDCG@10.');
  return names.map((name) => asUsage(() => (isAgreement(name) ? parseAgreement(name) : parseMeasure(name)).name));
}

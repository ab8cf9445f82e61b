// `npm run bench:tune`: what `secondpass tune` recommends on real collections within a given time, and whether it holds on
// the half of the queries that took no part in the choice. Prints the table of docs/quality.md as Markdown.
//
//   npm run bench:tune -- [--data FOLDER …] [--time 10m] [--strategy whole] [--depths LIST] [--json]
//
// --data takes BEIR folders; without it, cranfield and hotpotqa-dev in ../shared/data. The reports, as pages and as JSON, are
// kept in test/output/tune. Each run scores anew: stored scores would make its time a claim and no measurement.
// --json prints one object instead, { collection, systems: [{ name, measures, intervals, msPerQuery }] } (several collections
// under "collections"): every setting over all queries used, the first stage first, with its median time.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    time: { type: 'string', default: '10m' },
    strategy: { type: 'string', default: 'whole' },
    depths: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../../..', import.meta.url));
const command = join(root, 'packages/cli/bin/secondpass.js');
const output = join(root, 'test', 'output', 'tune');
const shared = join(root, '..', 'shared', 'data');
const folders = options.data ?? ['cranfield', 'hotpotqa-dev'].map((name) => join(shared, name));
mkdirSync(output, { recursive: true });

const found = [];
for (const folder of folders.map((path) => resolve(path))) {
  if (!existsSync(folder)) {
    console.error(`Skipped: there is no ${folder}.`);
    continue;
  }
  const name = basename(folder);
  const page = join(output, `${name}.html`);
  const argv = ['tune', folder, '--time', options.time, '--strategy', options.strategy, '--conflicts', 'keep-last'];
  argv.push('--workers', String(Math.min(8, availableParallelism())));
  if (options.depths !== undefined) argv.push('--depths', options.depths);
  console.error(`secondpass ${argv.join(' ')}`);
  const started = performance.now();
  const done = spawnSync(process.execPath, [command, ...argv, '--report', page, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = (performance.now() - started) / 1000;
  if (done.status !== 0) process.exit(done.status ?? 1);
  writeFileSync(join(output, `${name}.json`), done.stdout);
  found.push({ name, report: JSON.parse(done.stdout), seconds });
  console.error(`${name}: ${seconds.toFixed(0)} s; the report is ${page}`);
}
if (found.length === 0) process.exit(1);
if (options.json) {
  const collections = found.map(inCommonShape);
  console.log(JSON.stringify(collections.length === 1 ? collections[0] : { collections }));
} else printTable();

function inCommonShape({ name, report, seconds }) {
  const { measure, queries, settings, recommendation } = report;
  return {
    collection: name,
    queries,
    seconds,
    recommended: recommendation?.name,
    systems: settings.map((setting) => ({
      name: setting.name,
      measures: { [measure]: setting.quality },
      intervals: setting.interval ? { [measure]: [setting.interval.low, setting.interval.high] } : {},
      msPerQuery: setting.latency.p50,
    })),
  };
}

function printTable() {
  const head = [
    'collection',
    'wall time',
    'queries used',
    'candidate',
    'gain, chosen on',
    'gain, held out',
    'cross-validated',
    'recommended',
  ];
  const rows = found.map(({ name, report, seconds }) => rowOf(name, report, seconds));
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}

function rowOf(name, { queries, recommendation, crossValidation, systems }, seconds) {
  const { candidate, choosing, heldOut } = recommendation;
  // With one system its name says nothing.
  const short = (text) => (systems.length > 1 ? text : text.replace(`${systems[0]}, `, ''));
  return [
    name,
    `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`,
    `${queries.used} of ${queries.available}`,
    short(candidate.name),
    gain(choosing),
    gain(heldOut),
    crossValidation ? gain(crossValidation) : '',
    candidate.name === recommendation.name ? 'yes' : short(recommendation.name),
  ];
}

function gain({ gain: value, interval }) {
  const number = (one) => `${one < 0 ? '−' : '+'}${Math.abs(one).toFixed(3).replace('0.', '.')}`;
  return `${number(value)}${interval ? ` [${number(interval.low)}, ${number(interval.high)}]` : ''}`;
}

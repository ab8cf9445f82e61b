import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hubSettings, type KnownModel, knownModels } from '@secondpass/core/models';
import { write } from '../io.ts';
import { table } from '../print/layout.ts';
import { jsonLine } from '../print/printable.ts';
import { type Style, styleFor } from '../print/style.ts';
import { readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass models: public rerankers that are known by name.

Usage:
  secondpass models [--json]

Any other model of a supported architecture loads as well, from a folder or from
the hub. Nothing is downloaded here.
  --json             One JSON object on the standard output, with published
                     scores and where they come from

Examples:
  secondpass models
  secondpass rerank -m cross-encoder/ms-marco-MiniLM-L6-v2 -q "cats" < lines.txt
  secondpass models --json | jq '.models[] | select(.licence == "MIT") | .name'`;

export const models: Command = {
  name: 'models',
  summary: 'Public rerankers that are known by name',
  help,
  options: { json: {} },
  async run(argv, io) {
    const given = readArguments(argv, models.options);
    if (given.positionals.length > 0) throw new UsageError(`models takes no argument "${given.positionals[0]}".`);
    const { cacheFolder } = await hubSettings();
    const list = knownModels.map((model) => ({ ...model, downloaded: isDownloaded(model, cacheFolder) }));
    if (given.has('json')) {
      await write(io.stdout, jsonLine({ cacheFolder, models: list }));
      return 0;
    }
    const style = styleFor(io.stdout, io.env);
    const head = ['', 'params', 'reads', 'tokens', 'licence'].map(style.dim);
    const rows = list.map((model) => [
      model.name,
      parameters(model.parameters),
      model.languages.join(', ').replace('multilingual', 'many'),
      `${model.maxLength}`,
      model.nonCommercial ? style.red(model.licence) : model.licence,
    ]);
    const [first, ...lines] = table([head, ...rows], { right: [1, 3] }).split('\n');
    const withRemarks = lines.flatMap((line, at) => [line, ...remarks(list[at]!, style).map((text) => `  ${text}`)]);
    const rest = `The embedded model needs no download. Figures and their sources:\nsecondpass models --json\n`;
    await write(io.stdout, `${[first, ...withRemarks].join('\n')}\n\n${rest}`);
    return 0;
  },
};

function parameters(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} B` : `${Math.round(count / 1e6)} M`;
}

/** What stands below a model: a licence that forbids, that it is here, or where its ONNX graph is if not in its place. */
function remarks(model: KnownModel & { readonly downloaded: boolean }, style: Style): string[] {
  const { name, graph, nonCommercial, downloaded } = model;
  const elsewhere = graph === undefined ? 'no ONNX graph known: export it' : `load it as ${graph}`;
  return [
    ...(nonCommercial ? [style.red('no commercial use')] : []),
    ...(downloaded ? [style.green('downloaded')] : graph === name ? [] : [style.dim(elsewhere)]),
  ];
}

function isDownloaded({ name, graph }: KnownModel, cacheFolder: string): boolean {
  return [name, graph].some(
    (one) => one !== undefined && existsSync(join(cacheFolder, `models--${one.replace('/', '--')}`, 'snapshots')),
  );
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { chooseGraph, isDataOf, type Precision } from '../models/files/graph-file.ts';
import { downloadModel, isHubName, type DownloadModelOptions } from '../models/hub/hub.ts';
import { knownModel } from '../models/files/known-models.ts';
import { findModel, type ModelSource, type Remark } from '../models/files/model-source.ts';

/**
 * Finds a model on this machine, or brings it from the hub: `owner/name` that is no folder here is a hub model.
 * Of a hub model only the chosen graph (with its external data), the tokenizer and the configuration are fetched.
 */
export async function locateModel(
  source: string | URL | undefined,
  precision: Precision | undefined,
  options: DownloadModelOptions,
  head: 'pairs' | 'tokens' = 'pairs',
): Promise<ModelSource> {
  if (!isHubModel(source)) return findModel(source);
  const choose = (paths: readonly string[]): string[] => {
    const graph = chooseGraph(paths, precision, `The hub model ${source}${conversionOf(source)}`, head).path;
    return paths.filter((path) => modelFiles.includes(path) || path === graph || isDataOf(path, graph));
  };
  const { folder, commit, outage } = await downloadModel(source, choose, options);
  const version = commit.slice(0, 12);
  const remarks: Remark[] = [];
  const known = knownModel(source);
  if (known?.nonCommercial) {
    const message = `The licence of ${source}, ${known.licence}, forbids commercial use.`;
    remarks.push({ code: 'licence', message });
  }
  if (outage !== undefined) {
    const message = `Revision ${version} of the cache is used, whether it is the newest or not: ${outage}`;
    remarks.push({ code: 'cached-revision', message });
  }
  return { folder, name: source, version, remarks };
}

/** Whether it is the name of a hub model, and no folder here; nor a file, which is a mistake that is told at once. */
export function isHubModel(source: string | URL | undefined): source is string {
  return typeof source === 'string' && isHubName(source) && !existsSync(resolve(source));
}

/** Where the catalogue knows of a conversion, for the message that a model has no graph of its own. */
function conversionOf(source: string): string {
  const graph = knownModel(source)?.graph;
  return graph === undefined || graph === source ? '' : ` (of which ${graph} is a conversion)`;
}

const modelFiles = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  // How many tokens are read, and what makes a score of a logit.
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
  // How an encoder's token vectors become one.
  'modules.json',
  '1_Pooling/config.json',
];

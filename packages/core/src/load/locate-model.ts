import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { chooseGraph, type Precision } from '../models/graph-file.ts';
import { downloadModel, isHubName, type DownloadModelOptions } from '../models/hub.ts';
import { findModel, type ModelSource } from '../models/model-source.ts';

/**
 * Finds a model on this machine, or brings it from the hub: `owner/name` that is no folder here is a hub model.
 * Of a hub model only the chosen graph (with its external data), the tokenizer and the configuration are fetched.
 */
export async function locateModel(
  source: string | URL | undefined,
  precision: Precision | undefined,
  options: DownloadModelOptions,
): Promise<ModelSource> {
  if (typeof source !== 'string' || !isHubName(source) || existsSync(resolve(source))) return findModel(source);
  const choose = (paths: readonly string[]): string[] => {
    const graph = chooseGraph(paths, precision, `The hub model ${source}`).path;
    return paths.filter((path) => modelFiles.includes(path) || path === graph || isDataOf(path, graph));
  };
  const { folder, commit } = await downloadModel(source, choose, options);
  return { folder, name: source, version: commit.slice(0, 12) };
}

const modelFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** Weights beyond 2 GB lie beside the graph: `model.onnx_data`, `model.onnx.data`, `model.onnx_data_1`. */
function isDataOf(path: string, graph: string): boolean {
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}

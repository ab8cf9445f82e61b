import { createHash } from 'node:crypto';
import { open, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SecondpassError } from '../../errors.ts';
import { chooseGraph, isDataOf, type GraphFile, type Precision } from './graph-file.ts';
import type { JsonObject } from './model-config.ts';

/** A model's files, read as far as it takes to run it. */
export interface ModelFolder {
  readonly graph: GraphFile;
  /** Absolute path of the graph. */
  readonly graphPath: string;
  readonly config: JsonObject;
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
  /**
   * What sentence-transformers keeps in files of its own: `max_seq_length` (sentence_bert_config.json) and the
   * `activation_fn` of a cross-encoder (config_sentence_transformers.json).
   */
  readonly sentence: JsonObject;
  /**
   * Changes when any of the files does: 12 hexadecimal digits over their contents; of the graph, and of weights that lie
   * beside it, over size and ends.
   */
  readonly fingerprint: string;
}

/**
 * @param name of the graph, where it is not to be chosen by `head`
 * @throws SecondpassError `invalid-model`, naming the file that is missing or broken
 */
export async function readModelFolder(
  folder: string,
  precision: Precision | undefined,
  head: 'pairs' | 'tokens' = 'pairs',
  name?: string,
): Promise<ModelFolder> {
  const paths = await filesIn(folder);
  const hash = createHash('sha256');
  const json = async (name: string, hint: string | undefined): Promise<JsonObject> => {
    if (!paths.includes(name)) {
      if (hint === undefined) return {};
      throw new SecondpassError('invalid-model', `${folder} has no ${name}. ${hint}`);
    }
    const path = join(folder, name);
    const text = await readText(path);
    hash.update(text);
    return parseObject(text, path);
  };
  if (name !== undefined && !paths.includes(name))
    throw new SecondpassError('invalid-model', `${folder} has no ${name}; fetch the model again.`);
  const graph = chooseGraph(name === undefined ? paths : [name], precision, folder, head);
  const config = await json('config.json', 'It says how the scores are to be read; copy it from the original model.');
  const tokenizer = await json(
    'tokenizer.json',
    'Save the fast tokenizer beside the graph: tokenizer.save_pretrained(folder) in Python.',
  );
  const tokenizerConfig = await json('tokenizer_config.json', undefined);
  const sentence = {
    ...(await json('sentence_bert_config.json', undefined)),
    ...(await json('config_sentence_transformers.json', undefined)),
  };
  const graphPath = join(folder, graph.path);
  hash.update(await endsOf(graphPath));
  const data = paths.filter((path) => isDataOf(path, graph.path)).sort();
  for (const path of data) hash.update(await endsOf(join(folder, path)));
  const fingerprint = hash.digest('hex').slice(0, 12);
  return { graph, graphPath, config, tokenizer, tokenizerConfig, sentence, fingerprint };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const message = `${path} cannot be read (${(cause as Error).message}); fetch it again.`;
    throw new SecondpassError('invalid-model', message, { cause });
  }
}

function parseObject(text: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const message = `${path} is no JSON (${(cause as Error).message}); fetch it again.`;
    throw new SecondpassError('invalid-model', message, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new SecondpassError('invalid-model', `${path} holds no JSON object; fetch it again.`);
}

/** Names of the files in a folder and in its folder `onnx`. */
async function filesIn(folder: string): Promise<string[]> {
  const below = await filesOf(join(folder, 'onnx')).catch(() => []);
  return [...(await filesOf(folder)), ...below.map((name) => `onnx/${name}`)];
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  // Links are followed: those that lead nowhere, or to a folder, are no files.
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return names.filter((_, index) => stats[index]?.isFile());
}

/** Size, beginning and end of a file: by these one graph is told from another without being read whole. */
export async function endsOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const part = Math.min(size, 1 << 18);
    const ends = Buffer.alloc(2 * part);
    await file.read(ends, 0, part, 0);
    await file.read(ends, part, part, size - part);
    return Buffer.concat([Buffer.from(`${size}`), ends]);
  } finally {
    await file.close();
  }
}

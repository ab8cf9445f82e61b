import { SecondpassError } from '../../errors.ts';

/** How the weights of a graph are stored. */
export type Precision = 'fp32' | 'fp16' | 'int8' | 'q4';

export const precisions: readonly Precision[] = ['fp32', 'fp16', 'int8', 'q4'];

/** A graph among a model's files. */
export interface GraphFile {
  readonly path: string;
  readonly precision: Precision;
}

/** What a file's name says of its precision, by the habits of public model repositories. */
export function precisionOf(path: string): Precision {
  const name = path.toLowerCase();
  if (/q4|int4|bnb4/.test(name)) return 'q4';
  if (/int8|q8|quantized/.test(name)) return 'int8';
  return /fp16|float16|_o4/.test(name) ? 'fp16' : 'fp32';
}

/**
 * Picks one graph out of a model's files. Without a wish: full precision, else whatever there is.
 * Among several of one precision, the shortest name, since suffixes are for special hardware. Where a folder holds both
 * kinds, `encoder….onnx` are those that give every token a vector, and the others judge pairs.
 * @param paths relative to the model's folder, with forward slashes
 * @throws SecondpassError `invalid-model` if there is no graph, or none of the wanted precision
 */
export function chooseGraph(
  paths: readonly string[],
  wanted: Precision | undefined,
  where: string,
  head: 'pairs' | 'tokens' = 'pairs',
): GraphFile {
  const all = paths.filter((path) => /^(onnx\/)?[^/]+\.onnx$/.test(path));
  const fitting = all.filter((path) => /^(onnx\/)?encoder/.test(path) === (head === 'tokens'));
  const graphs = (fitting.length > 0 ? fitting : all)
    .map((path): GraphFile => ({ path, precision: precisionOf(path) }))
    .sort((a, b) => rank(a) - rank(b) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  const chosen = graphs.find(({ precision }) => wanted === undefined || precision === wanted);
  if (chosen) return chosen;
  throw new SecondpassError(
    'invalid-model',
    graphs.length === 0
      ? `${where} has no ONNX file (model.onnx or onnx/model.onnx). Export the model to ONNX, or name another.`
      : `${where} has no ${wanted} graph; it has ${graphs.map(({ path, precision }) => `${path} (${precision})`).join(', ')}.`,
  );
}

/**
 * Weights that lie beside the graph: its own, beyond 2 GB (`model.onnx_data`, `model.onnx.data`, `model.onnx_data_1`), and those
 * that the graphs of a folder share (`shared.onnx_data`).
 */
export function isDataOf(path: string, graph: string): boolean {
  if (path === graph.replace(/[^/]+$/, 'shared.onnx_data')) return true;
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}

function rank({ precision }: GraphFile): number {
  return precisions.indexOf(precision);
}

import { SecondpassError } from '../../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a cross-encoder's configuration says about its answers and its input. */
export interface ModelConfig {
  /** The architecture's short name (`model_type`), such as `bert`. */
  readonly family: string | undefined;
  /** Number of labels, where the configuration says so. */
  readonly labels: number | undefined;
  readonly labelNames: readonly string[];
  /** The reference library's function from logits to scores: `Sigmoid`, `Identity`, ... */
  readonly activation: string;
  /** Tokens of a pair at most, special tokens included. */
  readonly maxLength: number;
  readonly padId: number;
  readonly usesTypes: boolean;
  /** Number of the first token's position, for graphs that want positions. */
  readonly firstPosition: number;
  /** A quantised graph rounds its input by scales of its own, whatever is in the batch. */
  readonly fixedScales: boolean;
}

/** Families whose position table begins after the padding id, so that two of its rows hold no position. */
const offsetPositions = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet', 'xlm-roberta-xl', 'longformer']);

/**
 * Reads config.json and tokenizer_config.json as the reference libraries do.
 * @param sentence what sentence-transformers keeps in files of its own, which counts before the others
 */
export function readModelConfig(
  config: JsonObject,
  tokenizerConfig: JsonObject,
  sentence: JsonObject = {},
): ModelConfig {
  const id2label = object(config['id2label']);
  const ids = Object.keys(id2label).sort((a, b) => Number(a) - Number(b));
  const labels = integer(config['num_labels']) ?? (ids.length > 0 ? ids.length : undefined);
  const positions = integer(config['max_position_embeddings']);
  const family = typeof config['model_type'] === 'string' ? config['model_type'] : undefined;
  const offset = family !== undefined && offsetPositions.has(family) ? 2 : 0;
  const bounds = [
    integer(object(config['secondpass'])['max_length']),
    integer(sentence['max_seq_length']) ?? integer(tokenizerConfig['model_max_length']),
    positions === undefined ? undefined : positions - offset,
  ].filter((bound) => bound !== undefined && bound < 1e6) as number[];
  return {
    family,
    labels,
    labelNames: ids.map((id) => labelName(id2label[id])),
    activation: activationName(config, sentence) ?? (labels === undefined || labels === 1 ? 'Sigmoid' : 'Identity'),
    maxLength: bounds.length > 0 ? Math.min(...bounds) : 512,
    padId: integer(config['pad_token_id']) ?? 0,
    usesTypes: integer(config['type_vocab_size']) !== 1,
    firstPosition: offset,
    fixedScales: object(config['secondpass'])['activation_scales'] === 'fixed',
  };
}

/** A name may be a number; what is neither is none. */
function labelName(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `torch.nn.modules.activation.Sigmoid` -> `Sigmoid`; the older keys of sentence-transformers are read, too. */
function activationName(config: JsonObject, sentence: JsonObject): string | undefined {
  const path =
    sentence['activation_fn'] ??
    object(config['sentence_transformers'])['activation_fn'] ??
    config['sbert_ce_default_activation_function'];
  return typeof path === 'string' ? path.split('.').at(-1) : undefined;
}

/**
 * Which label means "relevant": the only one, the second of two, or the one asked for by name or index.
 * @throws SecondpassError `invalid-argument` if it is unknown, or not given although there are three or more
 */
export function relevantLabel(labels: number, names: readonly string[], asked: string | number | undefined): number {
  if (asked === undefined) {
    if (labels <= 2) return labels - 1;
    throw new SecondpassError(
      'invalid-argument',
      `The model has ${labels} labels (${describe(labels, names)}); say which one means "relevant" with the option label.`,
    );
  }
  const folded = String(asked).toLowerCase();
  const index = typeof asked === 'number' ? asked : names.findIndex((name) => name.toLowerCase() === folded);
  if (Number.isInteger(index) && index >= 0 && index < labels) return index;
  throw new SecondpassError(
    'invalid-argument',
    `The model has no label ${JSON.stringify(asked)}; its labels: ${describe(labels, names)}.`,
  );
}

function describe(labels: number, names: readonly string[]): string {
  return Array.from({ length: labels }, (_, index) => `${index}${names[index] ? ` ${names[index]}` : ''}`).join(', ');
}

function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : undefined;
}

// ranker.json, beside a model's weights: how the parts of the model become one probability. Data, so that it is fitted
// and replaced without code:
//
//   {
//     "format": 1,
//     "about": "any JSON: what it was fitted on, when, how well; not read",
//     "queryTokens": 128, "documentTokens": 256,
//     "rarity": { "file": "rarity.bin", "perUnit": 20, "meanTokens": 84.7 },
//     "lines": {
//       "default": { "intercept": -8.5, "terms": [
//         { "of": "max-sim", "weight": 9 },
//         { "of": "cosine", "weight": 3 },
//         { "of": "first-stage", "weight": 1.5, "present": -0.6, "saturation": 12 } ] },
//       "fast": …, "best": { "intercept": …, "terms": [ { "of": "logit", "weight": 0.7 }, … ] }
//     }
//   }
//
// A line's score is sigmoid(intercept + the sum over its terms). Every line may have an "about" of its own. The terms:
//   logit        weight * x, x the logit of the cross-encoder (the folder's graph) for the pair, at most the tokens that
//                config.json allows, the longer text giving way
//   max-sim      weight * x, x the mean over the query's token vectors of the highest cosine with a token vector of the
//                document; vectors by the folder's encoder graph, [CLS] and [SEP] among them
//   cosine       weight * x, x the cosine of the means of the same token vectors (before they are made unit vectors)
//   first-stage  present + weight * s / (s + saturation), s the candidate's own score of kind "retrieval", 0 or more;
//                nothing where it has none. Without "saturation": present + weight * s; without "present": 0 in its place
//   rare-max-sim weight * x, x as max-sim, but the mean over the query's tokens is weighted by how rare each is;
//                [CLS], [SEP] and [UNK] count as the mean weight of the others (1 if there are no others)
//   lexical      weight * x, x from 0 to 1: BM25 over tokens as a share of the most a document could reach. With q the
//                distinct tokens of the query, c how often one stands in the document, n the document's tokens:
//                sum over q of rarity * c / (c + 1.2 * (0.25 + 0.75 * n / meanTokens)), by the sum over q of rarity;
//                [CLS], [SEP] and [UNK] are not in q but count in n; 0 where q is empty
// A line may name an "encoder" of its own, "encoder-short_int8.onnx" for instance: a graph in the folder that is read in the place of the folder's encoder.
// "rarity" names a file with a byte for every entry of the vocabulary: rarity = byte / perUnit, the inverse document
// frequency ln(1 + (N - n + 0.5) / (n + 0.5)) in the training texts. Only lines with these two terms need it.
// Query and document are encoded apart, cut to their first "queryTokens" and "documentTokens" tokens, [CLS] and [SEP]
// counted. Python that fits the weights (training/features.py of the model) computes the same numbers.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecondpassError } from '../errors.ts';

const kinds = ['logit', 'max-sim', 'cosine', 'first-stage', 'rare-max-sim', 'lexical'] as const;

/** One term of a line, as the comment above defines it. */
export interface RankerTerm {
  readonly of: (typeof kinds)[number];
  readonly weight: number;
  readonly present?: number;
  readonly saturation?: number;
}

export interface RankerLine {
  /** The graph that gives its vectors; undefined: the folder's encoder. */
  readonly encoder?: string;
  readonly intercept: number;
  readonly terms: readonly RankerTerm[];
}

export interface RankerFile {
  /** Tokens of a query and of a document that are encoded at most, special tokens included. */
  readonly queryTokens: number;
  readonly documentTokens: number;
  readonly lines: ReadonlyMap<string, RankerLine>;
  /** Where the table of rare tokens is; there if a line has a term that needs it. */
  readonly rarity?: { readonly file: string; readonly perUnit: number; readonly meanTokens: number };
  /** The text of the file. */
  readonly text: string;
}

/**
 * The ranker of a model folder, or `undefined` where it has none: then the model is what its graph is.
 * @throws SecondpassError `invalid-model`, naming the place, for a file that cannot be read or does not follow the format
 */
export async function readRankerFile(folder: string): Promise<RankerFile | undefined> {
  const path = join(folder, 'ranker.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `${path} cannot be read (${(error as Error).message}).`;
    throw new SecondpassError('invalid-model', message, { cause: error });
  }
  return parseRanker(text, path);
}

/** @param path of the file, for messages */
export function parseRanker(text: string, path: string): RankerFile {
  const refuse = (fact: string, cause?: unknown): SecondpassError =>
    new SecondpassError(
      'invalid-model',
      `${path}: ${fact}. Take the file and the weights from one release of the model.`,
      { cause },
    );
  const object = (value: unknown, place: string, known: readonly string[]): Readonly<Record<string, unknown>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${place} is no object`);
    const other = Object.keys(value).find((key) => known.length > 0 && !known.includes(key));
    if (other !== undefined) throw refuse(`${place} has an unknown entry ${JSON.stringify(other)}`);
    return value as Readonly<Record<string, unknown>>;
  };
  const number = (value: unknown, place: string, from = -Infinity): number => {
    if (typeof value === 'number' && Number.isFinite(value) && value >= from) return value;
    throw refuse(`${place} is ${JSON.stringify(value)}, not a number${from > -Infinity ? ` of ${from} or more` : ''}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse(`it is no JSON (${(cause as Error).message})`, cause);
  }
  const file = object(json, 'it', ['format', 'about', 'queryTokens', 'documentTokens', 'rarity', 'lines']);
  if (file['format'] !== 1) throw refuse(`its format is ${JSON.stringify(file['format'])}; this version reads 1`);

  const readTerm = (value: unknown, place: string): RankerTerm => {
    const term = object(value, place, ['of', 'weight', 'present', 'saturation']);
    const of = kinds.find((kind) => kind === term['of']);
    if (!of) throw refuse(`${place}.of is ${JSON.stringify(term['of'])}; known: ${kinds.join(', ')}`);
    const { present, saturation } = term;
    if (of !== 'first-stage' && (present !== undefined || saturation !== undefined))
      throw refuse(`${place} has "present" or "saturation"; only first-stage scores may be missing or without end`);
    return {
      of,
      weight: number(term['weight'], `${place}.weight`),
      ...(present !== undefined && { present: number(present, `${place}.present`) }),
      ...(saturation !== undefined && { saturation: number(saturation, `${place}.saturation`, 1e-9) }),
    };
  };
  const lines = new Map<string, RankerLine>();
  for (const [name, value] of Object.entries(object(file['lines'], 'lines', []))) {
    const place = `lines.${name}`;
    const line = object(value, place, ['about', 'encoder', 'intercept', 'terms']);
    const { encoder } = line;
    if (encoder !== undefined && (typeof encoder !== 'string' || !/^encoder[\w-]*\.onnx$/.test(encoder)))
      throw refuse(`${place}.encoder is no name of an encoder….onnx file in its folder`);
    const terms = Array.isArray(line['terms']) ? (line['terms'] as readonly unknown[]) : [];
    if (!terms.some((term) => (term as RankerTerm | null)?.of !== 'first-stage'))
      throw refuse(`${place}.terms names no part of the model`);
    lines.set(name, {
      ...(encoder !== undefined && { encoder }),
      intercept: number(line['intercept'], `${place}.intercept`),
      terms: terms.map((term, index) => readTerm(term, `${place}.terms[${index}]`)),
    });
  }
  if (!lines.has('default')) throw refuse('lines has no "default"');
  const entry =
    file['rarity'] === undefined ? undefined : object(file['rarity'], 'rarity', ['file', 'perUnit', 'meanTokens']);
  const table = entry?.['file'];
  if (entry && (typeof table !== 'string' || !/^[\w-]+\.bin$/.test(table)))
    throw refuse('rarity.file is no name of a .bin file in its folder');
  const needsTable = [...lines.values()].some(({ terms }) =>
    terms.some(({ of }) => of === 'rare-max-sim' || of === 'lexical'),
  );
  if (needsTable && !entry) throw refuse('a line has rare-max-sim or lexical, and "rarity" is missing');
  return {
    ...(entry && {
      rarity: {
        file: table as string,
        perUnit: number(entry['perUnit'], 'rarity.perUnit', 1e-9),
        meanTokens: number(entry['meanTokens'], 'rarity.meanTokens', 1),
      },
    }),
    queryTokens: number(file['queryTokens'], 'queryTokens', 8),
    documentTokens: number(file['documentTokens'], 'documentTokens', 8),
    lines,
    text,
  };
}

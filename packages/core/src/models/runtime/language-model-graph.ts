import { SecondpassError } from '../../errors.ts';
import type { Output } from './batch.ts';

/** An input of a language model's graph for what it has read before: here always empty. */
export function isPast(name: string): boolean {
  return /^past_key_values\.\d+\.(key|value)$/.test(name);
}

/** What the runtime tells of an input. */
export interface GraphInput {
  readonly name: string;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** An empty past: for each such input its name, type and a shape without a single token. */
export function emptyPast(
  inputs: readonly GraphInput[],
): (rows: number) => { name: string; type: 'float32' | 'float16'; dims: number[] }[] {
  const past = inputs.filter(({ name }) => isPast(name));
  return (rows) =>
    past.map(({ name, type, shape = [] }) => {
      // [pairs, heads, tokens, size of a head]: the first and the third are named, not numbered.
      const dims = shape.map((size, axis) => (axis === 0 ? rows : typeof size === 'number' ? size : 0));
      return { name, type: type === 'float16' ? type : 'float32', dims };
    });
}

/**
 * A language model's answer to each pair: of the logits after its last token, those of the wanted words.
 * @param logits `[pairs, tokens, vocabulary]`, rows padded at their end
 */
export function lastLogits(
  logits: Float32Array,
  [width, vocabulary]: readonly [number, number],
  lengths: Int32Array,
  words: readonly number[],
): Output {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (width !== longest && lengths.length > 1) {
    throw new SecondpassError(
      'invalid-model',
      `The graph gives logits for ${width} of ${longest} tokens. Export it with the logits of every token, or of the two answers.`,
    );
  }
  const data = new Float32Array(lengths.length * words.length);
  for (const [row, length] of lengths.entries()) {
    const last = (row * width + Math.min(length, width) - 1) * vocabulary;
    for (const [at, word] of words.entries()) data[row * words.length + at] = logits[last + word]!;
  }
  return { data, cols: words.length };
}

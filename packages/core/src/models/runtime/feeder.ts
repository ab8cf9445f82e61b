import type { Batch } from './batch.ts';

/** One input of a run, `[rows, width]`, row-major. Its memory is used again by the next run. */
export interface Feed {
  readonly name: string;
  readonly type: 'int64' | 'int32';
  readonly data: BigInt64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly dims: readonly [rows: number, width: number];
}

export interface FeederSettings {
  /** Element types of the inputs that the graph declares, by name. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Token id that fills short rows. */
  readonly padId: number;
  /** False: token types are all 0. */
  readonly usesTypes: boolean;
  /** Where positions begin, for graphs that want them. Default 0. */
  readonly firstPosition?: number | undefined;
}

/** Inputs that a graph may declare. */
export const knownInputs: readonly string[] = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

/**
 * Returns a function from a batch to what the graph is fed: its declared inputs, padded to the longest row. The buffers
 * are kept between runs: new ones for each would pile up outside the heap, where nothing hurries to free them.
 */
export function feeder({ inputs, padId, usesTypes, firstPosition = 0 }: FeederSettings): (batch: Batch) => Feed[] {
  const buffers = new Map<string, ArrayBuffer>();
  return ({ lengths, ids, types }) => {
    const rows = lengths.length;
    const width = lengths.reduce((longest, length) => Math.max(longest, length), 0);
    const fill = (name: string, value: (at: number, place: number) => number, pad: number): Feed => {
      // An int64 of a small number that is not negative is its int32 and a zero: all platforms here are little-endian.
      const step = inputs.get(name) === 'int32' ? 1 : 2;
      const size = rows * width * step * 4;
      let buffer = buffers.get(name);
      if (!buffer || buffer.byteLength < size) buffers.set(name, (buffer = new ArrayBuffer(size)));
      const values = new Int32Array(buffer, 0, rows * width * step).fill(0);
      let at = 0;
      for (let row = 0; row < rows; row++) {
        const length = lengths[row]!;
        for (let i = 0; i < width; i++) values[(row * width + i) * step] = i < length ? value(at++, i) : pad;
      }
      const dims = [rows, width] as const;
      if (step === 1) return { name, type: 'int32', data: values, dims };
      return { name, type: 'int64', data: new BigInt64Array(buffer, 0, rows * width), dims };
    };
    const all = {
      input_ids: () => fill('input_ids', (at) => ids[at]!, padId),
      attention_mask: () => fill('attention_mask', () => 1, 0),
      token_type_ids: () => fill('token_type_ids', usesTypes ? (at) => types[at]! : () => 0, 0),
      position_ids: () => fill('position_ids', (_at, place) => firstPosition + place, 0),
    };
    return Object.entries(all).flatMap(([name, make]) => (inputs.has(name) ? [make()] : []));
  };
}

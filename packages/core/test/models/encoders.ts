// What the tests of encoders share: encoders that are let go of at the end of a file, and all vectors of some texts.
import { afterAll } from 'vitest';
import { type EncoderOptions, loadEncoder, type LoadedEncoder } from '../../src/load/load-encoder.ts';
import type { TextVectors } from '../../src/models/encoder.ts';
import { tiny } from './tiny.ts';

const loaded: LoadedEncoder[] = [];
afterAll(() => Promise.all(loaded.map((encoder) => encoder.dispose())));

export async function load(options: EncoderOptions = {}, source: string = tiny('headless')): Promise<LoadedEncoder> {
  const encoder = await loadEncoder(source, options);
  loaded.push(encoder);
  return encoder;
}

/** Vectors of all texts, by place. */
export async function encode(encoder: LoadedEncoder, texts: readonly string[], tokens = true): Promise<TextVectors[]> {
  const found: TextVectors[] = [];
  await encoder.encode(texts, { tokens }, (index, vectors) => (found[index] = vectors));
  return found;
}

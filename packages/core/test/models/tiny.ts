import { cp, mkdtemp } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Candidate } from '../../src/types.ts';

/** A tiny random BERT, made by test/golden/make_tiny.py: `one`, `two` or `three` labels, or `headless`. */
export function tiny(name: 'one' | 'two' | 'three' | 'headless'): string {
  return fileURLToPath(new URL(`tiny/${name}`, import.meta.url));
}

/** A copy that a test may break. */
export async function tinyCopy(name: 'one' | 'two' | 'three' | 'headless'): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'secondpass-tiny-')), name);
  await cp(tiny(name), folder, { recursive: true });
  return folder;
}

interface TinyGolden {
  readonly pairs: readonly (readonly [string, string])[];
  readonly models: Readonly<Record<'one', { readonly logits: number[]; readonly scores: number[] }>> &
    Readonly<Record<'two' | 'three', { readonly logits: number[][]; readonly scores: number[][] }>>;
}
export const tinyGolden: TinyGolden = JSON.parse(
  readFileSync(fileURLToPath(new URL('tiny/golden.json', import.meta.url)), 'utf8'),
) as TinyGolden;

export function candidates(texts: readonly string[]): Candidate[] {
  return texts.map((content, index) => ({ id: `d${index}`, content }));
}

/** Passages of different lengths from the tiny vocabulary: `count` of them, all different. */
export function passages(count: number, words = 30): string[] {
  const vocabulary =
    'the of and in to was he is as for on with that it his by at from her she you had an were but'.split(' ');
  return Array.from(
    { length: count },
    (_, n) =>
      Array.from(
        { length: 1 + ((n * 7) % words) },
        (_, i) => vocabulary[(n * 31 + i * i * 17 + i) % vocabulary.length],
      ).join(' ') + ` ${n}`,
  );
}

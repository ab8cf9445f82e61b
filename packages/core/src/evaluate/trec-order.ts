import type { Hit } from './run.ts';

/**
 * The order in which trec_eval reads a run: by score as a 32-bit float, highest first; ties by document id, the last in
 * byte order first. Ranks in the file do not count. (trec_eval 9, form_res_rels.c: `float sim`, `strcmp` on ids.)
 */
export function trecOrder(
  a: { readonly id: string; readonly score: number },
  b: { readonly id: string; readonly score: number },
): number {
  return Math.fround(b.score) - Math.fround(a.score) || compareBytes(b.id, a.id);
}

/** Compares as UTF-8 bytes, which is by code point. UTF-16, as `<` compares, puts characters above U+FFFF too early. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * True if trec_eval, given these hits with their scores, would read them in this order. A hit without a score has none
 * to read.
 */
export function readsBackInOrder(hits: readonly Hit[]): boolean {
  return hits.every(({ id, score }, index) => {
    if (score === undefined) return false;
    const next = hits[index + 1];
    return next?.score === undefined || trecOrder({ id, score }, { id: next.id, score: next.score }) < 0;
  });
}

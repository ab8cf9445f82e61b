import { createHash, type Hash } from 'node:crypto';
import type { Candidate, Content } from '../types.ts';

/**
 * Names a query, or a candidate as a scorer sees it, by a SHA-256 over everything that may enter a pointwise score:
 * content, first-stage score, signals and vectors. The id does not enter: equal texts score equally. Every piece is
 * written with its tag and length, so that no two different inputs spell the same bytes.
 */
export function candidateKey(prefix: string, candidate: Candidate, more: string): string {
  const hash = createHash('sha256');
  addText(hash, 'prefix', prefix);
  addContent(hash, candidate.content);
  const { score, signals, vectors } = candidate;
  if (score) addText(hash, 'score', `${score.value} ${score.kind} ${score.by}`);
  for (const name of Object.keys(signals ?? {}).sort()) addText(hash, 'signal', `${signals![name]} ${name}`);
  if (vectors) {
    addText(hash, 'vectors', `${vectors.rows} ${vectors.cols}`);
    hash.update(vectors.data);
  }
  addText(hash, 'more', more);
  return hash.digest('base64');
}

export function queryKey(scorer: string, query: Content): string {
  const hash = createHash('sha256');
  addText(hash, 'scorer', scorer);
  addContent(hash, query);
  return hash.digest('base64');
}

function addContent(hash: Hash, content: Content): void {
  if (typeof content === 'string') return addText(hash, 'string', content);
  addText(hash, 'parts', String(content.length));
  for (const part of content) {
    if (part.type === 'text') addText(hash, 'text', part.text);
    else {
      addText(hash, 'image', part.mediaType);
      if (part.data instanceof URL) addText(hash, 'url', part.data.href);
      else hash.update(`bytes ${part.data.byteLength}:`).update(part.data);
    }
  }
}

/** UTF-16, since in UTF-8 all lone surrogates would become the same character. */
function addText(hash: Hash, tag: string, text: string): void {
  hash.update(`${tag} ${text.length}:`).update(text, 'utf16le');
}

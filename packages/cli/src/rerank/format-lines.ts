import type { Ranking } from '@secondpass/core';
import type { LineCandidate, LineFormat } from './read-lines.ts';

/** Reranked lines as text: `score<TAB>line`, or the JSON objects as they were, with `_secondpass` added to each. */
export function formatLines({ results }: Ranking<LineCandidate>, format: LineFormat): string {
  return results
    .map(({ candidate: { raw }, score, originalIndex }, index) => {
      if (format === 'lines') return `${score ? score.value.toFixed(4) : ''}\t${raw}\n`;
      const added = {
        rank: index + 1,
        originalRank: originalIndex + 1,
        ...(score && { score: score.value, kind: score.kind }),
      };
      return `${withField(raw, '_secondpass', added)}\n`;
    })
    .join('');
}

/** Reranked lines as one JSON object; records stand in it character by character, so that long numbers survive. */
export function linesAsJson(
  query: string,
  { results, notes, runs }: Ranking<LineCandidate>,
  format: LineFormat,
): string {
  const items = results.map(({ candidate, score, originalIndex }, index) => {
    const own = {
      rank: index + 1,
      originalRank: originalIndex + 1,
      id: candidate.id,
      ...(score && { score: score.value, kind: score.kind }),
      text: candidate.content,
    };
    return format === 'lines'
      ? JSON.stringify(own)
      : withField(JSON.stringify(own), 'record', candidate.raw.trim(), true);
  });
  return `{"query":${JSON.stringify(query)},"results":[${items.join(',')}],"notes":${JSON.stringify(notes)},"runs":${JSON.stringify(runs)}}\n`;
}

/** A JSON object, given as text, with one field more; the rest of the text stays as it is. */
function withField(object: string, name: string, value: unknown, isJson: boolean = false): string {
  const text = object.trimEnd();
  const open = text.slice(0, -1).trimEnd();
  return `${open}${open.endsWith('{') ? '' : ','}"${name}":${isJson ? String(value) : JSON.stringify(value)}}`;
}

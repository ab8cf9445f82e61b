import type { Ranking } from '@secondpass/core';
import { withField } from './object-text.ts';
import type { LineCandidate, LineFormat } from './read-lines.ts';

/**
 * Reranked lines as text: `score<TAB>line`, or the JSON objects as they were, with `_secondpass` added to each, or
 * renewed.
 */
export function formatLines({ results }: Ranking<LineCandidate>, format: LineFormat): string {
  return results
    .map(({ candidate: { raw }, score, originalIndex }, index) => {
      if (format === 'lines') return `${score ? score.value.toFixed(4) : ''}\t${raw}\n`;
      const added = {
        rank: index + 1,
        originalRank: originalIndex + 1,
        ...(score && { score: score.value, kind: score.kind }),
      };
      return `${withField(raw, '_secondpass', JSON.stringify(added))}\n`;
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
    return format === 'lines' ? JSON.stringify(own) : withField(JSON.stringify(own), 'record', candidate.raw.trim());
  });
  return `{"query":${JSON.stringify(query)},"results":[${items.join(',')}],"notes":${JSON.stringify(notes)},"runs":${JSON.stringify(runs)}}\n`;
}

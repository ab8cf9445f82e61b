/** A word, name or sign of an explanation, and what it means. */
export interface LegendEntry {
  readonly term: string;
  readonly meaning: string;
}

/** What stands over the tables of an explanation. */
export const captions = {
  asked: 'Every query that was asked, and what suggested it',
  pools: 'Which query found the passages shown below, and at which rank',
  order: 'The passages in their final order, with their scores',
} as const;

/** The meaning of what an explanation with these pools and columns shows. */
export function legendOf(shown: {
  readonly queries: number;
  readonly pools: readonly string[];
  readonly columns: readonly string[];
  readonly passages: number;
}): readonly LegendEntry[] {
  if (shown.passages === 0) return [];
  const parts = shown.columns.some((name) => name.startsWith('part'));
  const followUps = [...shown.columns, ...shown.pools].some((name) => name.startsWith('follow-up'));
  const guesses = shown.pools.some((name) => name.includes('guess'));
  const all: readonly (LegendEntry & { readonly unless?: boolean })[] = [
    { term: 'new', meaning: 'how many passages the query was the first to find', unless: shown.queries === 0 },
    { term: 'pool', meaning: 'what one query found; “whole” is the question itself' },
    {
      term: 'guess',
      meaning: 'a part that hangs on the answer to another, asked with a name found in the best passages for that one',
      unless: !guesses,
    },
    {
      term: 'follow-up',
      meaning: 'the whole question, asked again with a name found in the best passages',
      unless: !followUps,
    },
    {
      term: 'was',
      meaning:
        'the place before reranking, where the queries take turns: the best find of each, then the second of each',
    },
    {
      term: 'scores',
      meaning: `what the model gives the passage beside the whole question${parts ? ' and beside each part' : ''}, from 0 to 1${followUps ? '; under “follow-up” beside the question, with its first-stage score among the finds of the follow-ups' : ''}`,
    },
    { term: '–', meaning: 'not found for this part, so not read beside it', unless: !parts && !followUps },
    { term: '*', meaning: 'the highest score of the row' },
    {
      term: 'order',
      meaning: `${parts ? 'each part gets its best evidence before any gets a second; ' : followUps ? 'the question and its follow-ups take turns; ' : ''}how early a passage stood in the list of ${parts ? 'a part' : 'a query'} counts, too`,
    },
  ];
  return all.filter(({ unless }) => !unless).map(({ term, meaning }) => ({ term, meaning }));
}

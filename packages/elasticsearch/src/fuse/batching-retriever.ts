import { SecondpassError } from '@secondpass/core';
import type { Candidate, Retriever } from '@secondpass/core';
import type { Hit, SearchBody } from '../client/search-client.ts';
import { keyOf } from './fuse-hits.ts';
import type { PoolSearch } from './pool-search.ts';
import { reasonOf, type Answers } from './send-searches.ts';

/** A hit as the core's decomposition room sees it. */
export interface FoundHit extends Candidate {
  readonly hit: Hit;
}

/** A retriever, and what its searches answered. */
export interface BatchingRetriever extends Retriever<FoundHit> {
  /** By question, in the order of asking. */
  readonly answered: ReadonlyMap<string, SearchBody>;
  /** Milliseconds on the cluster, of all round trips. */
  readonly took: () => number;
}

/**
 * A retriever that sends all questions asked in one turn of the event loop as one `_msearch`: the parts of a question
 * that need nothing of each other travel together.
 * @param textOf what an answerer would read of a hit
 */
export function batchingRetriever(
  searchFor: (question: string) => PoolSearch,
  send: (searches: readonly PoolSearch[]) => Promise<Answers>,
  textOf: (hit: Hit) => string,
): BatchingRetriever {
  const answered = new Map<string, SearchBody>();
  let took = 0;
  let waiting: PoolSearch[] = [];
  let batch: Promise<Answers> | undefined;
  const sendAll = async (): Promise<Answers> => {
    await new Promise((resolve) => setImmediate(resolve));
    const searches = waiting;
    waiting = [];
    batch = undefined;
    const answers = await send(searches);
    took += answers.took;
    return answers;
  };
  return {
    name: 'elasticsearch',
    answered,
    took: () => took,
    async retrieve(query) {
      const question = query as string;
      const place = waiting.push(searchFor(question)) - 1;
      batch ??= sendAll();
      const { answers } = await batch;
      const answer = answers[place]!;
      answered.set(question, answer);
      if (answer.error !== undefined) {
        throw new SecondpassError('failed', reasonOf(answer.error), { cause: answer.error });
      }
      return (answer.hits?.hits ?? []).map((hit) => ({ id: keyOf(hit), content: textOf(hit), hit }));
    },
  };
}

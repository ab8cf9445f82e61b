// How soon a caller has control back who aborts a slow chain after 20 ms: 30 times each, with a retriever that takes
// 500 ms and a reranker that takes 500 ms, neither of which listens to a signal. Run after a build:
//   node packages/langchain/bench/abort.mjs
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { Document } from '@langchain/core/documents';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  DecompositionRetriever,
  FusionRetriever,
  RerankingRetriever,
  SecondpassCompressor,
} from '@secondpass/langchain';

const times = 30;
const slowly = (value) => new Promise((resolve) => setTimeout(resolve, 500, value));
const documents = [new Document({ pageContent: 'a', id: 'a' })];

class SlowRetriever extends BaseRetriever {
  lc_namespace = ['bench'];
  _getRelevantDocuments = () => slowly(documents);
}
class FastRetriever extends BaseRetriever {
  lc_namespace = ['bench'];
  _getRelevantDocuments = async () => documents;
}
const slow = {
  name: 'slow',
  rerank: (_query, candidates) =>
    slowly({
      results: candidates.map((candidate, originalIndex) => ({ candidate, originalIndex })),
      notes: [],
      runs: [],
    }),
};
const prompt = ChatPromptTemplate.fromTemplate('{context}');
const chain = (retriever) =>
  retriever
    .pipe((found) => ({ context: found.length }))
    .pipe(prompt)
    .pipe(new FakeListChatModel({ responses: ['answer'] }));

const systems = {
  'RerankingRetriever, slow retriever': chain(
    new RerankingRetriever({ retriever: new SlowRetriever(), reranker: slow }),
  ),
  'RerankingRetriever, slow reranker': chain(
    new RerankingRetriever({ retriever: new FastRetriever(), reranker: slow }),
  ),
  'FusionRetriever, slow retriever': chain(
    new FusionRetriever({ retrievers: { a: new SlowRetriever(), b: new FastRetriever() } }),
  ),
  'DecompositionRetriever, slow reranker': chain(
    new DecompositionRetriever({ retrievers: new FastRetriever(), reranker: slow }),
  ),
  'DecompositionRetriever, on its own': new DecompositionRetriever({ retrievers: new SlowRetriever(), reranker: slow }),
  'ContextualCompressionRetriever (the framework), on its own': new ContextualCompressionRetriever({
    baseRetriever: new FastRetriever(),
    baseCompressor: new SecondpassCompressor({ reranker: slow }),
  }),
};

console.log(
  `milliseconds until control is back, ${times} times: median and worst from the start; and from the moment the signal fired`,
);
for (const [name, system] of Object.entries(systems)) {
  const fromStart = [];
  const fromSignal = [];
  for (let time = 0; time < times; time++) {
    const controller = new AbortController();
    const started = performance.now();
    // A busy machine fires timers late: that is not the chain's doing, so both are told.
    let fired = Infinity;
    setTimeout(() => {
      fired = performance.now();
      controller.abort();
    }, 20);
    await system.invoke('Who wrote Dune and who likes cats?', { signal: controller.signal }).catch(() => {});
    fromStart.push(performance.now() - started);
    fromSignal.push(performance.now() - fired);
  }
  const figures = [fromStart, fromSignal].flatMap((all) => {
    all.sort((a, b) => a - b);
    return [all[times >> 1], all.at(-1)];
  });
  console.log(`${figures.map((figure) => figure.toFixed(1).padStart(7)).join('')}  ${name}`);
}

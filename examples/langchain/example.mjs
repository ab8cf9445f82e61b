// One line more in a chain you already have: the retriever, reranked.
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { loadReranker } from '@secondpass/core/models';
import { RerankingRetriever, SecondpassCompressor } from '@secondpass/langchain';
import { vectors } from './retrievers.mjs';

const question = 'Which machine was programmed with punched cards before there were computers?';
const show = (documents) => {
  for (const { id, metadata } of documents) {
    const score = metadata.relevanceScore?.toFixed(3) ?? '     ';
    console.log(`  ${score}  ${id.padEnd(10)} ${metadata.title}`);
  }
};

const reranker = await loadReranker();
console.log(`${question}\n\nThe vector store alone:`);
show(await vectors.invoke(question));

console.log('\nRerankingRetriever:');
show(await new RerankingRetriever({ retriever: vectors, reranker, topN: 4 }).invoke(question));

console.log('\nThe same with the compressor, in a retriever of LangChain classic:');
const compressor = new SecondpassCompressor({ reranker, topN: 4, text: '{title}\n{pageContent}', details: true });
const compressed = new ContextualCompressionRetriever({ baseCompressor: compressor, baseRetriever: vectors });
const found = await compressed.invoke(question);
show(found);
console.log('\nmetadata.secondpass of the first:', JSON.stringify(found[0].metadata.secondpass));
await reranker.dispose();

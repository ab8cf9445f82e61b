// transformers.js, as its users call it: transformers-js.mjs PEERS MODEL together|alone
import { createRequire } from 'node:module';
import { dirname, basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from './child.mjs';

const [peers, model, how] = process.argv.slice(2);
await serve(async () => {
  const path = createRequire(join(peers, 'package.json')).resolve('@huggingface/transformers');
  const { AutoModelForSequenceClassification, AutoTokenizer, env } = await import(pathToFileURL(path).href);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(model);
  const name = basename(model);
  const options = { dtype: 'fp32', session_options: { intraOpNumThreads: 2 } };
  const [classifier, tokenizer] = await Promise.all([
    AutoModelForSequenceClassification.from_pretrained(name, options),
    AutoTokenizer.from_pretrained(name),
  ]);
  const score = async (query, texts) => {
    const inputs = tokenizer(
      texts.map(() => query),
      { text_pair: texts, padding: true, truncation: true },
    );
    return Array.from((await classifier(inputs)).logits.data);
  };
  if (how === 'together')
    return async (query, texts) => (await inBatches(texts, 100, (part) => score(query, part))).flat();
  return async (query, texts) => (await inBatches(texts, 1, (part) => score(query, part))).flat();
});

async function inBatches(texts, size, work) {
  const out = [];
  for (let from = 0; from < texts.length; from += size) out.push(await work(texts.slice(from, from + size)));
  return out;
}

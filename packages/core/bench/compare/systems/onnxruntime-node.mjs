// The bare runtime, one padded batch of 100 on two threads: onnxruntime-node.mjs MODEL_FILE TOKENIZER_FOLDER [bare]
// `bare`: nothing but the run is timed, on one thread.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as onnx from 'onnxruntime-node';
import { serve } from './child.mjs';

const [file, folder, bare] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
await serve(async () => {
  const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
  const session = await onnx.InferenceSession.create(file, { intraOpNumThreads: bare ? 1 : 2 });
  const feeds = (query, texts) => {
    const rows = texts.map((text) => tokenizer.encode(query, { text_pair: text, return_token_type_ids: true }));
    const width = Math.max(...rows.map(({ ids }) => ids.length));
    const feed = (pick) => {
      const data = new BigInt64Array(rows.length * width);
      for (const [row, encoded] of rows.entries()) {
        for (const [at, value] of pick(encoded).entries()) data[row * width + at] = BigInt(value);
      }
      return new onnx.Tensor('int64', data, [rows.length, width]);
    };
    return {
      input_ids: feed(({ ids }) => ids),
      attention_mask: feed(({ ids }) => ids.map(() => 1)),
      token_type_ids: feed(({ token_type_ids: types }) => types),
    };
  };
  if (bare) {
    let ready;
    const run = async () => (await session.run(ready)).logits.data;
    return Object.assign(run, { prepare: (query, texts) => (ready = feeds(query, texts)) });
  }
  return async (query, texts) => {
    const out = [];
    for (let from = 0; from < texts.length; from += 100) {
      const { logits } = await session.run(feeds(query, texts.slice(from, from + 100)));
      out.push(...logits.data);
    }
    return out;
  };
});

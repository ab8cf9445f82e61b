import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFolder } from '@secondpass/model-mini-en';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
interface Manifest {
  readonly files: readonly string[];
  readonly secondpass: { readonly model: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: object;
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

it('says where its model is, to code and in its package.json', () => {
  expect(join(root, manifest.secondpass.model, '/')).toBe(modelFolder);
  const files = ['config.json', 'encoder-short_int8.onnx', 'encoder_int8.onnx', 'model_int8.onnx', 'shared.onnx_data', 'tokenizer.json', 'tokenizer_config.json']; // prettier-ignore
  expect(
    readdirSync(modelFolder)
      .filter((name) => files.includes(name))
      .sort(),
  ).toEqual(files);
});

it('is at most 48 MB in all', () => {
  const total = manifest.files.reduce((sum, name) => sum + sizeOf(join(root, name)), 0);
  expect(total).toBeGreaterThan(1e6);
  expect(total).toBeLessThanOrEqual(48e6);
});

it('installs without a script and without another package', () => {
  expect(Object.keys(manifest.scripts)).toEqual(['build']);
  expect(manifest.dependencies).toBeUndefined();
});

it('has a tokenizer, a length and labels that fit together', () => {
  const read = (name: string): Record<string, never> =>
    JSON.parse(readFileSync(join(modelFolder, name), 'utf8')) as never;
  const [config, tokenizer] = [read('config.json'), read('tokenizer.json')];
  expect(Object.keys(tokenizer['model']!['vocab']!).length).toBe(config['vocab_size']);
  expect(read('tokenizer_config.json')['model_max_length']).toBe(config['max_position_embeddings']);
  expect(config['num_labels']).toBe(1);
  expect([tokenizer['truncation'], tokenizer['padding']]).toEqual([null, null]);
});

import { fileURLToPath } from 'node:url';

/** Absolute path of the folder that holds the weights (`model_int8.onnx`), the tokenizer and the configuration. */
export const modelFolder: string = fileURLToPath(new URL('../model/', import.meta.url));

import { fileURLToPath } from 'node:url';

/** Absolute path of the folder that holds the weights (`encoder_int8.onnx`, `model_int8.onnx` and what both share), the tokenizer and the configuration. */
export const modelFolder: string = fileURLToPath(new URL('../model/', import.meta.url));

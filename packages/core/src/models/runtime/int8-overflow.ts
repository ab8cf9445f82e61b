import type { Runtime } from './onnx-runtime.ts';

/** An ONNX file of one MatMulInteger: a `[4, 4]` of bytes times b `[4, 16]` of signed bytes. */
const product: Uint8Array = Buffer.from(
  'CAg6XAoYCgFhCgFiEgF5Ig1NYXRNdWxJbnRlZ2VyEgFnWhMKAWESDgoMCAISCAoCCAQKAggEWhMKAWISDgoMCAMSCAoCCAQKAggQYhMKAXkSDgoMCAYSCAoCCAQKAggQQgQKABAN',
  'base64',
);

let known: Promise<boolean> | undefined;

/**
 * True on processors whose int8 products come out wrong: x64 without VNNI adds pairs of products in 16 bits, and stops
 * at 32,767. The runtime has a slower way around it, which it also takes where it is not needed; so it is tried, once.
 * A trial that fails is not remembered.
 */
export function int8Overflows(onnx: Runtime): Promise<boolean> {
  known ??= tried(onnx).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function tried(onnx: Runtime): Promise<boolean> {
  const session = await onnx.InferenceSession.create(product, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const a = new onnx.Tensor('uint8', new Uint8Array(16).fill(255), [4, 4]);
  const b = new onnx.Tensor('int8', new Int8Array(64).fill(127), [4, 16]);
  const { y } = await session.run({ a, b });
  await session.release();
  return (y!.data as Int32Array)[0] !== 4 * 255 * 127;
}

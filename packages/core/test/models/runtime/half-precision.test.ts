import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packBatch } from '../../../src/models/runtime/batch.ts';
import { fromHalf } from '../../../src/models/runtime/half-precision.ts';
import { openSession } from '../../../src/models/runtime/onnx-session.ts';

const one = (bits: number): number => fromHalf(Uint16Array.of(bits))[0]!;

it('reads the numbers that the standard gives as examples', () => {
  const examples = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ] as const;
  for (const [bits, value] of examples) expect(one(bits)).toBe(value);
  expect(one(0x7e00)).toBeNaN();
});

it('keeps the order of bits, and the sign turns it round', () => {
  fc.assert(
    fc.property(fc.nat(0x7bfe), (bits) => {
      expect(one(bits + 1)).toBeGreaterThan(one(bits));
      expect(one(bits | 0x8000)).toBe(-one(bits));
    }),
  );
});

it('leaves numbers that are numbers already', () => {
  expect(fromHalf([0.5, -2])).toEqual(Float32Array.of(0.5, -2));
});

it('a graph whose logits have half precision scores', async () => {
  // logits = half(sum over tokens of -0.0125 · id)
  const graph =
    'CAg6rgIKIwoJaW5wdXRfaWRzCg5hdHRlbnRpb25fbWFzaxIBbSIDTXVsChcKAW0SAWYiBENhc3QqCQoCdG8YAaABAgomEgFrIghDb25zdGFudCoXCgV2YWx1ZSoLEAEiBM3MTLxCAWugAQQKDgoBZgoBaxIBZyIDTXVsCigKAWcKBGF4aXMSAXMiCVJlZHVjZVN1bSoPCghrZWVwZGltcxgBoAECChwKAXMSBmxvZ2l0cyIEQ2FzdCoJCgJ0bxgKoAECEgFnKg0IARAHOgEBQgRheGlzWh0KCWlucHV0X2lkcxIQCg4IBxIKCgMSAXAKAxIBdFoiCg5hdHRlbnRpb25fbWFzaxIQCg4IBxIKCgMSAXAKAxIBdGIZCgZsb2dpdHMSDwoNCAoSCQoDEgFwCgIIAUIECgAQEQ==';
  const folder = await mkdtemp(join(tmpdir(), 'secondpass-half-'));
  const path = join(folder, 'model.onnx');
  await writeFile(path, Buffer.from(graph, 'base64'));
  const session = await openSession({ graph: path, padId: 9, usesTypes: false });
  try {
    const pair = (...ids: number[]): { ids: Int32Array; types: Uint8Array } => ({
      ids: Int32Array.from(ids),
      types: new Uint8Array(ids.length),
    });
    const { data, cols } = await session.run(packBatch([pair(80, 160), pair(40), pair(0, 0, 0)]));
    expect(cols).toBe(1);
    expect(Array.from(data, (value) => Math.round(value * 1000) / 1000)).toEqual([-3, -0.5, -0]);
  } finally {
    await session.release();
    await rm(folder, { recursive: true, force: true });
  }
});

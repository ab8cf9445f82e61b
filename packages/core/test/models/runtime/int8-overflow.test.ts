import { existsSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { int8Overflows } from '../../../src/models/runtime/int8-overflow.ts';
import { loadRuntime, type Runtime } from '../../../src/models/runtime/onnx-runtime.ts';

const cpuinfo = '/proc/cpuinfo';

it.skipIf(process.arch !== 'x64' || !existsSync(cpuinfo))(
  'finds int8 products wrong on x64 processors without VNNI and right with it (needs /proc/cpuinfo)',
  async () => {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(cpuinfo, 'utf8'))![1]!.split(' ');
    const exact = flags.includes('avx512_vnni') || flags.includes('avx_vnni');
    expect(await int8Overflows(await loadRuntime())).toBe(!exact);
  },
);

it('is tried again where it could not be tried, and once where it could', async () => {
  vi.resetModules();
  const { int8Overflows } = await import('../../../src/models/runtime/int8-overflow.ts');
  let tries = 0;
  const create = async () => {
    if (++tries === 1) throw new Error('no memory');
    return { run: async () => ({ y: { data: Int32Array.of(0) } }), release: async () => {} };
  };
  const runtime = { InferenceSession: { create }, Tensor: Object } as unknown as Runtime;
  await expect(int8Overflows(runtime)).rejects.toThrow('no memory');
  expect([await int8Overflows(runtime), await int8Overflows(runtime)]).toEqual([true, true]);
  expect(tries).toBe(2);
});

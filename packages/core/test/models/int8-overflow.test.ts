import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { int8Overflows } from '../../src/models/int8-overflow.ts';
import { loadRuntime } from '../../src/models/onnx-runtime.ts';

const cpuinfo = '/proc/cpuinfo';

it.skipIf(process.arch !== 'x64' || !existsSync(cpuinfo))(
  'finds int8 products wrong on x64 processors without VNNI and right with it (needs /proc/cpuinfo)',
  async () => {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(cpuinfo, 'utf8'))![1]!.split(' ');
    const exact = flags.includes('avx512_vnni') || flags.includes('avx_vnni');
    expect(await int8Overflows(await loadRuntime())).toBe(!exact);
  },
);

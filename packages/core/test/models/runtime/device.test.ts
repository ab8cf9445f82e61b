import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadReranker } from '../../../src/load/load-reranker.ts';
import { deviceChoices, devicesToTry } from '../../../src/models/runtime/device.ts';
import { candidates, tiny } from '../tiny.ts';

const models = new URL('../../../dist/models.mjs', import.meta.url).href;

const quiet = deviceChoices.filter((device) => device !== 'auto' && device !== 'webgpu');

describe('devices to try', () => {
  it('are the machine’s own accelerators, then the CPU, unless that is ruled out', () => {
    expect(devicesToTry('auto', 'linux', false)).toEqual(['cuda', 'webgpu', 'cpu']);
    expect(devicesToTry('auto', 'darwin', false)).toEqual(['coreml', 'webgpu', 'cpu']);
    expect(devicesToTry('auto', 'win32', true)).toEqual(['directml', 'webgpu']);
    expect(devicesToTry('cuda', 'linux', false)).toEqual(['cuda', 'cpu']);
    expect(devicesToTry('cuda', 'linux', true)).toEqual(['cuda']);
    expect(devicesToTry('cpu', 'linux', true)).toEqual(['cpu']);
  });
});

describe('on whatever machine this is', () => {
  const docs = candidates(['the of and', 'in to was']);

  it.each(deviceChoices)('%s ranks, and says what it ran on', { timeout: 60_000 }, async (device) => {
    const reranker = await loadReranker(tiny('one'), { device, workers: 1 });
    const { results, runs, notes } = await reranker.rerank('the', docs);
    await reranker.dispose();
    const ranOn = runs[0]!.device!;
    const fellBack = notes.some(({ code }) => code === 'device-fallback');
    expect(results).toHaveLength(2);
    expect([ranOn === device, device === 'auto', fellBack && ranOn === 'cpu']).toContain(true);
    // Of `auto` there is a note where a device opened the model and could not run it, which is as may be.
    expect(device === 'auto' ? [true, false] : [ranOn !== device]).toContain(fellBack);
  });

  it('refuses to fall back where that was ruled out, with the reason of each device', async () => {
    const missing = process.platform === 'linux' ? 'directml' : 'tensorrt';
    const load = loadReranker(tiny('one'), { device: missing, requireDevice: true });
    await expect(load).rejects.toMatchObject({
      code: 'device-unavailable',
      message: expect.stringMatching(`${missing}: .*doctor`),
    });
  });

  // WebGPU's library warns on stderr by itself where there is no Vulkan, so it is left out, and with it `auto`.
  it.skipIf(process.platform !== 'linux')('prints nothing while it tries', { timeout: 60_000 }, () => {
    const program = `const { loadReranker } = await import(${JSON.stringify(models)});
      const tried = [];
      for (const device of ${JSON.stringify(quiet)}) {
        const reranker = await loadReranker(${JSON.stringify(tiny('one'))}, { device, workers: 1 });
        tried.push(reranker.run.device);
        await reranker.dispose();
      }
      if (tried.length !== ${quiet.length}) process.exit(3);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('refuses a device nobody has heard of', async () => {
    await expect(loadReranker(tiny('one'), { device: 'gpu' as never })).rejects.toThrow(
      /device is "gpu"; it must be one of auto, cpu/,
    );
  });
});

import { expect, it } from 'vitest';
import { tokenBudgetOn } from '../../src/load/open-on-device.ts';
import { readModelConfig } from '../../src/models/files/model-config.ts';

it('lets texts share a run where the weights are full, or quantised with fixed scales', () => {
  expect(tokenBudgetOn('cpu', 'fp32', false)).toBeGreaterThan(1);
  expect(tokenBudgetOn('cpu', 'fp16', false)).toBeGreaterThan(1);
  expect(tokenBudgetOn('cpu', 'int8', true)).toBeGreaterThan(1);
  for (const device of ['cpu', 'webgpu'] as const) {
    expect(tokenBudgetOn(device, 'int8', false)).toBe(1);
    expect(tokenBudgetOn(device, 'q4', false)).toBe(1);
  }
});

it('believes in fixed scales only where the configuration says so', () => {
  expect(readModelConfig({ secondpass: { activation_scales: 'fixed' } }, {}).fixedScales).toBe(true);
  for (const config of [
    {},
    { secondpass: {} },
    { secondpass: { activation_scales: 'dynamic' } },
    { secondpass: true },
  ]) {
    expect(readModelConfig(config, {}).fixedScales).toBe(false);
  }
});

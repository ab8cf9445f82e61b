import type { LoadedReranker } from '@secondpass/core/models';
import { describe, expect, it } from 'vitest';
import { type LoadedSystems, loadSystems } from '../../src/tune/load-systems.ts';

/** Models that are called as their folder is, whatever folder that is in. */
const load = async (model: string | undefined): Promise<LoadedReranker> =>
  ({
    scorer: {
      name: model?.split('/').at(-1) ?? 'embedded',
      kind: 'logit',
      pointwise: true,
      score: async (_query: unknown, all: readonly unknown[]) => ({ value: { scores: all.map(() => 1) } }),
    },
    warmUp: async () => {},
    dispose: async () => {},
  }) as unknown as LoadedReranker;

async function systemsOf(given: Partial<Parameters<typeof loadSystems>[0]>): Promise<LoadedSystems['systems']> {
  const usual = { models: [undefined], maxLengths: [undefined], strategies: ['whole'] as const };
  await using loaded = await loadSystems({
    ...usual,
    workers: 1,
    device: undefined,
    precision: undefined,
    load,
    ...given,
  });
  return loaded.systems;
}

describe('the systems that tune tries', () => {
  it('have names of their own, and a model that is named twice is one', async () => {
    const systems = await systemsOf({ models: ['a/model', 'b/model', 'a/model'], strategies: ['whole', 'passages'] });
    expect(systems.map(({ name }) => name)).toEqual([
      'model',
      'model, best passage',
      'model (b/model)',
      'model (b/model), best passage',
    ]);
    expect(systems[2]!.code.load).toContain('"b/model"');
  });

  it('do not take milliseconds that other threads, or another device, were measured with', async () => {
    const revision = async (given: Parameters<typeof systemsOf>[0]) => (await systemsOf(given))[0]!.revision;
    const one = await revision({});
    expect(await revision({ device: 'cpu' })).toBe(one);
    expect(await revision({ workers: 2 })).not.toBe(one);
    expect(await revision({ device: 'cuda' })).not.toBe(one);
    expect(await revision({ device: 'cuda', workers: 2 })).toBe(await revision({ device: 'cuda' }));
  });
});

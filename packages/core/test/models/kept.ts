import { afterEach } from 'vitest';
import type { Loaded } from '../../src/types.ts';

const loaded: Loaded[] = [];

/** The model, which is disposed of after the test. */
export const kept = <T extends Loaded>(model: T): T => {
  loaded.push(model);
  return model;
};
afterEach(async () => {
  for (const model of loaded.splice(0)) await model.dispose();
});

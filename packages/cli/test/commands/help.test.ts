import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';

describe('secondpass help', () => {
  it.each(['', 'search', 'explain', 'rerank', 'evaluate', 'tune', 'models', 'doctor'])(
    '%s fits 80 columns',
    async (command) => {
      const { code, out } = await runMain(['help', ...(command === '' ? [] : [command])]);
      expect(code).toBe(0);
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

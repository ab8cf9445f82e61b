import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';

const tiny = fileURLToPath(new URL('../../../core/test/models/tiny/one', import.meta.url));
const rerank = (...argv: string[]): ReturnType<typeof runMain> =>
  runMain(['rerank', '-q', 'x', '--json', ...argv], { input: 'a line' });

describe('--precision', () => {
  it('runs the fullest graph there is, or the one that is named', async () => {
    for (const argv of [[], ['--precision', 'fp32']]) {
      const { code, out } = await rerank('--model', tiny, ...argv);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ runs: [{ precision: 'fp32' }] });
    }
    expect(JSON.parse((await rerank('--precision', 'int8')).out)).toMatchObject({ runs: [{ precision: 'int8' }] });
  });

  it('refuses one that the model does not have, and one that does not exist', async () => {
    const absent = await rerank('--model', tiny, '--precision', 'q4');
    expect(absent).toMatchObject({ code: 1, out: '' });
    expect(absent.err).toContain('q4');
    const unknown = await rerank('--precision', 'int4');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('--precision is "int4"; it must be one of fp32, fp16, int8, q4.');
  });

  it.each(['search', 'explain', 'rerank', 'tune'])('stands in the help of %s', async (command) => {
    const { out } = await runMain(['help', command]);
    expect(out).toMatch(/--precision P .*(fp32, fp16, int8 or q4|the fullest)/);
  });
});

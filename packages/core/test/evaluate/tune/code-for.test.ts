import * as core from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { codeFor } from '../../../src/evaluate/tune/code-for.ts';
import { scorer } from './synthetic.ts';

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...given: unknown[]) => Promise<core.Ranking['results']>;

/** Runs code as people paste it, with a stub for the model. It must be plain JavaScript. */
async function run(code: string): Promise<string[]> {
  const body = code.replaceAll(/^import (\{.*\}) from '(.*)';$/gm, "const $1 = modules['$2'];");
  const modules = {
    '@secondpass/core': core,
    '@secondpass/core/models': { loadReranker: async () => ({ scorer: scorer('able', 1) }) },
  };
  const candidates = ['a', 'b', 'good', 'below'].map((id, at) => {
    return { id, content: `text ${id}`, score: { value: 9 - at, kind: 'retrieval', by: 'bm25' } };
  });
  const results = await new AsyncFunction('modules', 'query', 'candidates', `${body}\nreturn results;`)(
    modules,
    'which is good?',
    candidates,
  );
  return results.map(({ candidate }) => candidate.id);
}

const plain = { load: 'await loadReranker()', scorer: 'model.scorer', imports: [] };

describe('codeFor', () => {
  it.each([
    ['whole texts', plain, 0],
    ['passages', { ...plain, scorer: 'passages(model.scorer)', imports: ['passages'] }, 0],
    ['a blend', plain, 0.2],
  ])('prints code that runs as it stands: %s', async (_name, code, blend) => {
    expect(await run(codeFor({ system: 'able', depth: 3, blend }, code))).toEqual(['good', 'a', 'b', 'below']);
  });

  it('loads the model once for the whole program, and says when to dispose of it', () => {
    const code = codeFor({ system: 'able', depth: 3, blend: 0 }, plain);
    expect(code).not.toContain('using');
    expect(code).toContain('\nconst model = await loadReranker();\n');
    expect(code).toContain('once, when the program starts; await model.dispose() when it ends');
    expect(code).toContain("kind: 'retrieval' as const");
  });
});

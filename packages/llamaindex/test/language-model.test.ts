import { describe, expect, it } from 'vitest';
import { heldBy } from '../../../test/held-by.ts';
import { languageModel } from '../src/index.ts';
import { EchoLLM, texts } from './stand-ins.ts';

describe('languageModel', () => {
  it('asks an LLM of the framework', async () => {
    const { value, run } = await languageModel(new EchoLLM()).generate({ system: 'x', prompt: `About: ${texts[2]}` });
    expect(value.text).toBe(texts[2]);
    expect(run).toMatchObject({ by: 'echo', model: 'echo', usage: { calls: 1 } });
  });

  it('frees the caller at the signal and at the deadline', async () => {
    const hanging = new EchoLLM();
    hanging.chat = (() => new Promise(() => {})) as never;
    await expect(languageModel(hanging).generate({ prompt: 'x' }, { signal: AbortSignal.timeout(20) })).rejects.toThrow(
      /abort|timeout/i,
    );
    await expect(languageModel(hanging).generate({ prompt: 'x' }, { deadline: Date.now() + 20 })).rejects.toMatchObject(
      { code: 'timed-out' },
    );
    expect(() => languageModel({} as never)).toThrow(/takes an LLM/);
  });

  it('leaves nothing at a signal that many calls share', async () => {
    const { signal } = new AbortController();
    const call = { signal, deadline: Date.now() + 60_000 };
    await Promise.all([1, 2, 3].map(() => languageModel(new EchoLLM()).generate({ prompt: 'x' }, call)));
    expect(heldBy(signal)).toBe(0);
  });
});

import { type Reranker, withRetry } from '@secondpass/core';
import { describe, expect, it } from 'vitest';
import { heldBy } from '../../../../test/held-by.ts';
import { cut, half, type Play, play, says, stall, status } from './chat-service.ts';

describe('a chat service that fails', () => {
  it.each([
    ['429', status(429, { 'retry-after': '0' })],
    ['500', status(500)],
    ['503', status(503)],
    ['a cut connection', cut],
    ['an answer that breaks off', half],
  ])('tries again after %s', async (_what, failure) => {
    const { model, asked } = await play([failure, says('there')]);
    expect((await model.generate({ prompt: 'q' })).value.text).toBe('there');
    expect(asked).toHaveLength(2);
  });

  it('waits as long as it is told', async () => {
    const { model } = await play([status(429, { 'retry-after': '1' }), says('there')]);
    const started = Date.now();
    await model.generate({ prompt: 'q' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(950);
  });

  it('waits until the time it is told, and an abort ends the waiting', async () => {
    const soon = new Date(Date.now() + 3500).toUTCString();
    const { model } = await play([status(503, { 'retry-after': soon }), says('there')]);
    const started = Date.now();
    await model.generate({ prompt: 'q' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
    const busy = await play([status(429, { 'retry-after': '20' })]);
    const asked = Date.now();
    await expect(busy.model.generate({ prompt: 'q' }, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(Date.now() - asked).toBeLessThan(10_000);
    // Nobody wants to wait that long; the caller is told instead.
    const asleep = await play([status(429, { 'retry-after': '3600' })]);
    await expect(asleep.model.generate({ prompt: 'q' })).rejects.toMatchObject({
      code: 'overloaded',
      retryable: true,
      retryAfterMs: 3_600_000,
    });
    expect(asleep.asked).toHaveLength(1);
  });

  it.each([
    ['429', 429, '7', 7000],
    ['500', 500, '7', 7000],
    ['no time at all', 503, '0', 0],
    ['no header', 503, undefined, undefined],
    ['a header that is no time', 503, 'later', undefined],
    ['an empty header', 503, '', undefined],
  ])('says on the last try too how long to wait: %s', async (_what, code, header, retryAfterMs) => {
    const { model } = await play([status(code, header === undefined ? {} : { 'retry-after': header })], { retries: 0 });
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ retryable: true, retryAfterMs });
  });

  it('is not asked again by withRetry sooner than it wants', async () => {
    const { model, asked } = await play([status(429, { 'retry-after': '3600' })]);
    const reranker: Reranker = {
      name: 'chat',
      async rerank() {
        await model.generate({ prompt: 'q' });
        return { results: [], notes: [], runs: [] };
      },
    };
    await expect(withRetry(reranker).rerank('q', [])).rejects.toMatchObject({ code: 'overloaded' });
    expect(asked).toHaveLength(1);
  });

  it('does not wait past the deadline after a lost connection, and says what was lost', async () => {
    const { model, asked } = await play([cut], { retries: 9 });
    // No first pause is shorter than 125 ms.
    const deadline = Date.now() + 120;
    const error: unknown = await model.generate({ prompt: 'q' }, { deadline }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'failed', retryable: true, cause: expect.any(TypeError) });
    expect(Date.now()).toBeLessThan(deadline);
    expect(asked).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('asks once where it is sent elsewhere (%i), and says so', async (code) => {
    const { model, asked } = await play([status(code, { location: '/v1/elsewhere' }), says('followed')]);
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({
      code: 'failed',
      retryable: false,
      message: expect.stringMatching(`status ${code}.*redirect`),
    });
    expect(asked).toHaveLength(1);
  });

  it.each([2 ** 31, 2 ** 32, Number.MAX_VALUE])('waits for an answer with a timeout of %d ms', async (timeoutMs) => {
    const slowly: Play = (response, asked) => void setTimeout(() => says('there')(response, asked), 50);
    const { model } = await play([slowly], { timeoutMs, retries: 0 });
    expect((await model.generate({ prompt: 'q' })).value.text).toBe('there');
    expect((await model.generate({ prompt: 'q' }, { deadline: 8e15 })).value.text).toBe('there');
  });

  it('tries three times in all unless told otherwise', async () => {
    const { model, asked } = await play([cut]);
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed', retryable: true });
    expect(asked).toHaveLength(3);
  });

  it('reads no answer without end', async () => {
    const { model } = await play(
      [
        (response) => {
          response.on('error', () => {});
          const pour = (): void => {
            while (!response.destroyed && response.write('x'.repeat(65_536)));
            if (!response.destroyed) response.once('drain', pour);
          };
          pour();
        },
      ],
      { retries: 0, timeoutMs: 20_000 },
    );
    await expect(model.generate({ prompt: 'q' })).rejects.toThrow(/longer than 4000000/);
  });

  it('gives up where waiting would pass the deadline, or the tries are spent', async () => {
    const busy = await play([status(429, { 'retry-after': '30' })]);
    await expect(busy.model.generate({ prompt: 'q' }, { deadline: Date.now() + 25_000 })).rejects.toMatchObject({
      code: 'overloaded',
      retryable: true,
    });
    expect(busy.asked).toHaveLength(1);
    const broken = await play([status(500)], { retries: 1 });
    await expect(broken.model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'failed' });
    expect(broken.asked).toHaveLength(2);
    const unauthorised = await play([status(401)], { apiKey: 'sk-secret' });
    const error = await unauthorised.model.generate({ prompt: 'my question' }).catch((cause: unknown) => cause);
    expect(unauthorised.asked).toHaveLength(1);
    expect(String(error)).toContain('401');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/sk-secret|my question/);
  });

  it('stalls no longer than its timeout, the deadline, or the caller allows', async () => {
    const { model } = await play([stall], { timeoutMs: 50, retries: 0 });
    await expect(model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'timed-out' });
    const patient = await play([stall]);
    await expect(patient.model.generate({ prompt: 'q' }, { deadline: Date.now() + 50 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await expect(patient.model.generate({ prompt: 'q' }, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(patient.model.generate({ prompt: 'q' }, { deadline: Date.now() - 1 })).rejects.toMatchObject({
      code: 'timed-out',
    });
  });

  it('leaves nothing at a signal that many calls share', async () => {
    const { signal } = new AbortController();
    const { model } = await play([status(429, { 'retry-after': '0' }), says('there')]);
    await Promise.all([1, 2, 3].map(() => model.generate({ prompt: 'q' }, { signal })));
    expect(heldBy(signal)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { cut, half, play, says, stall, status } from './chat-service.ts';

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
    await expect(asleep.model.generate({ prompt: 'q' })).rejects.toMatchObject({ code: 'overloaded', retryable: true });
    expect(asleep.asked).toHaveLength(1);
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
});

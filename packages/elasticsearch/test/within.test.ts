import { describe, expect, it } from 'vitest';
import { heldBy } from '../../../test/held-by.ts';
import { within } from '../src/within.ts';

const never = (): Promise<never> => new Promise(() => {});

describe('work within limits', () => {
  it('is given no signal where there is no limit', async () => {
    await expect(within('it', {}, async (signal) => signal)).resolves.toBeUndefined();
  });

  it('adds one listener to a signal, however much runs under it, and leaves none', async () => {
    const { signal } = new AbortController();
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const all = Array.from({ length: 12 }, () => within('it', { signal }, () => ended));
    expect(heldBy(signal)).toBe(1);
    end();
    await Promise.all(all);
    expect(heldBy(signal)).toBe(0);
  });

  it('ends at the deadline whether or not it heeds it, and is told', async () => {
    let told: unknown;
    const late = within('the search', { deadline: Date.now() + 30 }, (signal) => {
      signal!.addEventListener('abort', () => (told = signal!.reason));
      return never();
    });
    await expect(late).rejects.toMatchObject({
      code: 'timed-out',
      retryable: true,
      message: expect.stringContaining('the search'),
    });
    expect(told).toMatchObject({ code: 'timed-out' });
    let begun = false;
    const passed = within('it', { deadline: Date.now() - 1 }, async () => (begun = true));
    await expect(passed).rejects.toMatchObject({ code: 'timed-out' });
    expect(begun).toBe(false);
  });

  it('ends when aborted, in the words of the work if it has any', async () => {
    const heeding = new AbortController();
    const heeds = within(
      'it',
      { signal: heeding.signal },
      (signal) =>
        new Promise((_, reject) => {
          signal!.addEventListener('abort', () => reject(new Error('RequestAbortedError')));
        }),
    );
    heeding.abort(new Error('reason'));
    await expect(heeds).rejects.toThrow('RequestAbortedError');
    const deaf = new AbortController();
    const hangs = within('it', { signal: deaf.signal }, never);
    deaf.abort(new Error('reason'));
    await expect(hangs).rejects.toThrow('reason');
    await expect(within('it', { signal: deaf.signal }, never)).rejects.toThrow('reason');
  });

  it('gives back what comes in time, however far the deadline is', async () => {
    await expect(within('it', { deadline: Number.MAX_SAFE_INTEGER }, async () => 7)).resolves.toBe(7);
    await expect(within('it', { deadline: Date.now() + 1000 }, () => Promise.reject(new Error('own')))).rejects.toThrow(
      'own',
    );
  });
});

import { onAbort } from '../../on-abort.ts';

/**
 * A response's body as it arrives. Whoever stops reading lets the connection go.
 * @param stallMs milliseconds without a single byte after which the connection counts as stalled
 * @throws Error for a connection that stalls or breaks; the signal's reason
 */
export async function* bodyChunks(
  response: Response,
  stallMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const chunk = await readWithin(reader, stallMs, signal);
      if (!chunk) return;
      yield chunk;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stallMs: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let off: (() => void) | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no byte within ${stallMs} ms`)), stallMs);
    off = onAbort(signal, () => reject(signal!.reason as Error));
  });
  try {
    const { done, value } = await Promise.race([reader.read(), stalled]);
    return done ? undefined : value;
  } finally {
    clearTimeout(timer);
    off?.();
  }
}

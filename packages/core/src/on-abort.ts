interface Heard {
  readonly listeners: Set<() => void>;
  forget(): void;
}

/** By signal, who here listens to it. */
const heardOf = new WeakMap<AbortSignal, Heard>();

/**
 * Calls `listener` when the signal aborts; nobody is called for a signal that has aborted already. However many listen,
 * the signal itself gets one listener: many calls under one signal are no leak, and Node warns at the eleventh listener.
 * @returns lets go of the signal; may be called more than once, and afterwards
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => {};
  const { listeners, forget } = heardOf.get(signal) ?? hear(signal);
  const own = (): void => listener();
  listeners.add(own);
  return () => {
    if (listeners.delete(own) && listeners.size === 0) forget();
  };
}

function hear(signal: AbortSignal): Heard {
  const listeners = new Set<() => void>();
  const tellAll = (): void => {
    heardOf.delete(signal);
    for (const listener of listeners) listener();
  };
  const forget = (): void => {
    heardOf.delete(signal);
    signal.removeEventListener('abort', tellAll);
  };
  const heard = { listeners, forget };
  heardOf.set(signal, heard);
  signal.addEventListener('abort', tellAll, { once: true });
  return heard;
}

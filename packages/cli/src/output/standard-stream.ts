import { type BigIntStats, fstatSync, statSync } from 'node:fs';

/** A stream that this process was given for its output. */
export type StandardStream = 'stdout' | 'stderr';

const descriptors = { stdout: 1, stderr: 2 } as const;

/**
 * The standard stream that a path leads to: by its name, such as `/dev/stdout` and `/dev/fd/1`, or because the shell
 * sent the stream to this very file or pipe. `undefined` for any other path.
 */
export function standardStream(path: string): StandardStream | undefined {
  const found = status(() => statSync(path, { bigint: true }));
  return (['stdout', 'stderr'] as const).find((stream) => {
    const descriptor = descriptors[stream];
    const names = [`/dev/${stream}`, `/dev/fd/${descriptor}`, `/proc/self/fd/${descriptor}`];
    return (
      names.includes(path) ||
      isSame(
        found,
        status(() => fstatSync(descriptor, { bigint: true })),
      )
    );
  });
}

/**
 * True for a name of something that is open already, in this process or another: it may lead to a file, and is none.
 */
export function isOpenAlready(path: string): boolean {
  return /^\/dev\/(?:std(?:in|out|err)|fd\/)|^\/proc\//.test(path);
}

/** Devices are written to whoever else writes to them; two names of one file or pipe are one output. */
function isSame(a: BigIntStats | undefined, b: BigIntStats | undefined): boolean {
  return a !== undefined && b !== undefined && (a.isFile() || a.isFIFO()) && a.dev === b.dev && a.ino === b.ino;
}

function status(read: () => BigIntStats): BigIntStats | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

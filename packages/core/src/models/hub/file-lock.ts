import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { wait } from '../../wait.ts';

const touchEveryMs = 2_000;
const staleAfterMs = 15_000;

/**
 * Runs `work` while holding a lock that other processes honour too: a file that exists as long as its owner lives. The
 * owner touches it every two seconds; one left untouched for 15 s, or whose process on this machine is gone, is taken over.
 * It saves doing the same work twice; what needs to be *correct* without it (two owners after a long pause) must be so
 * by itself, by writing to a name of its own and renaming.
 * @throws what `work` throws; the signal's reason while it waits
 */
export async function withFileLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryCreate(path))) {
    signal?.throwIfAborted();
    if (await isStale(path)) await rm(path, { force: true });
    else await wait(100, signal);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, touchEveryMs);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(path, { force: true });
  }
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    // On a full disk the file can be made and not be filled: it is the lock all the same.
    await file.writeFile(`${process.pid} ${hostname()}\n`).catch(() => undefined);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > staleAfterMs) return true;
    const [pid, ...host] = (await readFile(path, 'utf8')).trim().split(' ');
    return host.join(' ') === hostname() && isGone(Number(pid));
  } catch {
    return false;
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

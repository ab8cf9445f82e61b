import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io } from '../src/io.ts';
import { main } from '../src/main.ts';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `main` of the sources with streams of our own. */
export async function runMain(
  argv: readonly string[],
  options: { input?: string; cwd?: string; env?: Io['env']; isTTY?: boolean } = {},
): Promise<Outcome> {
  const { input = '', cwd = process.cwd(), env = {}, isTTY = false } = options;
  const [stdout, out] = captured();
  const [stderr, err] = captured();
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  const code = await main(argv, {
    stdin,
    stdout: Object.assign(stdout, { isTTY }),
    stderr: Object.assign(stderr, { isTTY }),
    env,
    cwd,
  });
  return { code, out: out(), err: err() };
}

function captured(): [Writable, () => string] {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return [stream, () => chunks.join('')];
}

/** The committed bin file, which runs the build. */
export const bin: string = fileURLToPath(new URL('../bin/secondpass.js', import.meta.url));

/** Starts the real command as a process. */
export function start(
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [bin, ...argv], {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
  });
  let out = '';
  let err = '';
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin!.on('error', () => {});
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, outcome };
}

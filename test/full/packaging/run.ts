import { execFile } from 'node:child_process';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit status. The environment is the caller's, plus `env`. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs = 600_000 }: { cwd: string; env?: Record<string, string>; timeoutMs?: number },
): Promise<Ran> {
  const windows = process.platform === 'win32';
  return new Promise((resolve) => {
    execFile(
      windows && command !== process.execPath ? `${command}.cmd` : command,
      args,
      {
        cwd,
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        maxBuffer: 1 << 28,
        shell: windows && command !== process.execPath,
      },
      (error, stdout, stderr) => {
        const code: unknown = error?.code;
        resolve({ status: error ? (typeof code === 'number' ? code : 1) : 0, stdout, stderr });
      },
    );
  });
}

/** Like `run`, and throws with the whole output if the program fails. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2],
): Promise<Ran> {
  const ran = await run(command, args, options);
  if (ran.status === 0) return ran;
  throw new Error(`${[command, ...args].join(' ')} ended with ${ran.status}:\n${ran.stdout}\n${ran.stderr}`);
}

/** Runs JavaScript in a folder, as a stranger's file there would: ECMAScript module or CommonJS. */
export function runScript(
  code: string,
  cwd: string,
  type: 'module' | 'commonjs',
  env?: Record<string, string>,
): Promise<Ran> {
  return run(process.execPath, [`--input-type=${type}`, '--eval', code], {
    cwd,
    ...(env && { env }),
    timeoutMs: 120_000,
  });
}

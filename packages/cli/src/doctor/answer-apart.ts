import { spawn } from 'node:child_process';

/** The first line of JSON that a process wrote, or why there is none. */
export type AnswerApart =
  | { readonly line: string }
  | {
      readonly reason: string;
      /** It had not answered in time, and was ended. */
      readonly timedOut?: true;
    };

/** Runs Node with these arguments and waits for a line of JSON. Never rejects. */
export async function answerApart(
  args: readonly string[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<AnswerApart> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], signal });
    let timedOut = false;
    // A driver that hangs may hear no other signal.
    const timer = setTimeout(() => (timedOut = child.kill('SIGKILL')), timeoutMs);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.on('error', (error) => resolve({ reason: error.message }));
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      const line = out.split('\n').find((one) => one.startsWith('{'));
      if (line !== undefined) resolve({ line });
      else if (timedOut) resolve({ reason: `no answer within ${timeoutMs / 1000} s`, timedOut });
      else resolve({ reason: `the process ended (${killed ?? `exit code ${code}`}) before it answered` });
    });
  });
}

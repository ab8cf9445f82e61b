import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts one system and waits until it has loaded. Its stderr goes nowhere; what it lacks comes back as `unavailable`.
 * @returns { ask(request): Promise<{ ms, scores } | { failed }>, unavailable?, end() }
 */
export async function start(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  const waiting = [];
  const next = () => new Promise((resolve) => waiting.push(resolve));
  const give = (message) => waiting.shift()?.(message);
  child.on('error', (error) => give({ unavailable: error.message }));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => give(JSON.parse(line)));
  child.on('close', (code) => {
    for (const resolve of waiting.splice(0))
      resolve({ unavailable: `ended with code ${code}`, failed: `ended with code ${code}` });
  });
  const first = await next();
  return {
    unavailable: first.unavailable,
    ask(request) {
      const answer = next();
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer;
    },
    end: () => child.stdin.end(),
  };
}

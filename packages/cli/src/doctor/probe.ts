import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Device, loadReranker } from '@secondpass/core/models';

/** What one device made of one pair. */
export interface Probe {
  readonly device: Device;
  /** The pair's logit and the milliseconds it took; absent where the device does not work. */
  readonly logit?: number;
  readonly milliseconds?: number;
  readonly loadMilliseconds?: number;
  /** Why it does not work. */
  readonly reason?: string;
}

const query = 'what does a reranker do?';
const text = 'A reranker reads the question and each candidate together and puts the best ones on top.';

/** Scores the pair here, on exactly this device. */
export async function probeHere(device: Device, model: string | undefined): Promise<Probe> {
  try {
    const started = performance.now();
    await using reranker = await loadReranker(model, { device, requireDevice: true, kind: 'logit', workers: 0 });
    const loaded = performance.now();
    const candidates = [{ id: 'pair', content: text }];
    await reranker.rerank(query, candidates);
    const warm = performance.now();
    const { results } = await reranker.rerank(query, candidates);
    const logit = results[0]?.score?.value;
    return {
      device,
      ...(logit !== undefined && { logit }),
      milliseconds: performance.now() - warm,
      loadMilliseconds: loaded - started,
    };
  } catch (error) {
    return { device, reason: reasonOf(error) };
  }
}

/**
 * Scores the pair in a process of its own: drivers may write to stderr, or take the whole process down.
 * @param timeoutMs after which a device counts as not working
 */
export async function probeApart(
  device: Device,
  model: string | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Probe> {
  const command = fileURLToPath(new URL('../bin/secondpass.js', import.meta.url));
  const args = [command, 'doctor', '--probe', device, ...(model === undefined ? [] : ['--model', model])];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], signal, timeout: timeoutMs });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.on('error', (error) => resolve({ device, reason: error.message }));
    child.on('close', (code, killed) => {
      const line = out.split('\n').find((one) => one.startsWith('{'));
      if (line) resolve(JSON.parse(line) as Probe);
      else if (killed === 'SIGTERM') resolve({ device, reason: `no answer within ${timeoutMs / 1000} s` });
      else resolve({ device, reason: `the process ended (${killed ?? `exit code ${code}`}) before it answered` });
    });
  });
}

/** The device's own words out of the sentence round them. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /can run this model \(\w+: ([\s\S]*)\)\. Run /.exec(message)?.[1] ?? message;
}

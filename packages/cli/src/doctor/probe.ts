import { fileURLToPath } from 'node:url';
import { SecondpassError } from '@secondpass/core';
import { type Device, hubSettings, loadReranker } from '@secondpass/core/models';
import { answerApart } from './answer-apart.ts';

/** What one device made of one pair. */
export interface Probe {
  readonly device: Device;
  /** The pair's logit and the milliseconds it took; absent where the device does not work. */
  readonly logit?: number;
  readonly milliseconds?: number;
  readonly loadMilliseconds?: number;
  /** Why it does not work. */
  readonly reason?: string;
  /** It did not answer in time, which says nothing about the model. */
  readonly timedOut?: true;
}

const query = 'what does a reranker do?';
const text = 'A reranker reads the question and each candidate together and puts the best ones on top.';

/** Scores the pair here, on exactly this device. A hub model is taken from the cache, and never downloaded. */
export async function probeHere(device: Device, model: string | undefined): Promise<Probe> {
  try {
    const started = performance.now();
    await using reranker = await loadReranker(model, {
      device,
      requireDevice: true,
      kind: 'logit',
      workers: 0,
      offline: true,
    });
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
    return { device, reason: await reasonOf(error, model) };
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
  const answer = await answerApart(args, { timeoutMs, signal });
  return 'line' in answer ? (JSON.parse(answer.line) as Probe) : { device, ...answer };
}

/** The device's own words out of the sentence round them. */
async function reasonOf(error: unknown, model: string | undefined): Promise<string> {
  if (SecondpassError.isInstance(error) && error.code === 'not-cached') {
    const { cacheFolder } = await hubSettings();
    return `${model} is not in ${cacheFolder}. The doctor downloads nothing; a command that runs the model, such as secondpass search, fetches it once.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return /can run this model \(\w+: ([\s\S]*)\)\. Run /.exec(message)?.[1] ?? message;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecondpassError } from '../errors.ts';
import type { Pooling } from '../models/token-vectors.ts';

/**
 * How an encoder's token vectors become one, by the files that sentence-transformers keeps beside it: 1_Pooling/config.json
 * and modules.json. Without them: the mean.
 * @throws SecondpassError `invalid-model` for a way that is not known here
 */
export async function readPooling(folder: string): Promise<Pooling> {
  const modules = await json(folder, 'modules.json');
  const dense = Array.isArray(modules) && modules.some((module) => String(module?.type).endsWith('.Dense'));
  if (dense) {
    const fact = `${folder} has a Dense layer after its pooling (modules.json), which is not part of the graph`;
    throw refuse(`${fact}. Name another encoder, or say pooling: "mean" to do without that layer.`);
  }
  const config = (await json(folder, join('1_Pooling', 'config.json'))) as
    | Readonly<Record<string, unknown>>
    | undefined;
  const modes = Object.entries(config ?? {}).flatMap(([name, on]) =>
    on === true && name.startsWith('pooling_mode_') ? [name.slice('pooling_mode_'.length)] : [],
  );
  if (modes.length === 0 || (modes.length === 1 && modes[0] === 'mean_tokens')) return 'mean';
  if (modes.length === 1 && modes[0] === 'cls_token') return 'cls';
  const fact = `${folder} brings token vectors together by ${modes.join(' and ')} (1_Pooling/config.json)`;
  throw refuse(`${fact}; known are mean_tokens and cls_token. Say pooling: "mean" or "cls" to have one of these.`);
}

const refuse = (message: string): SecondpassError => new SecondpassError('invalid-model', message);

async function json(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw refuse(`${join(folder, name)} cannot be read (${(error as Error).message}); fetch it again.`);
  }
}

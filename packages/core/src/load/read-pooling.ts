import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecondpassError } from '../errors.ts';
import type { Pooling } from '../models/runtime/token-vectors.ts';

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
  const config = await json(folder, join('1_Pooling', 'config.json'));
  if (config === undefined) return 'mean';
  const modes = modesOf(config);
  const known = modes.length === 1 ? knownModes.get(modes[0]!) : undefined;
  if (known) return known;
  const fact =
    modes.length === 0
      ? `${folder} has a 1_Pooling/config.json that names no way to bring token vectors together`
      : `${folder} brings token vectors together by ${modes.join(' and ')} (1_Pooling/config.json)`;
  throw refuse(`${fact}; known are mean and cls. Say pooling: "mean" or "cls" to have one of these.`);
}

/** Ways by the names of sentence-transformers 5 and later, and by those of before. */
const knownModes: ReadonlyMap<string, Pooling> = new Map([
  ['mean', 'mean'],
  ['mean_tokens', 'mean'],
  ['cls', 'cls'],
  ['cls_token', 'cls'],
]);

/** `pooling_mode` is a name or a list of names; before version 5 each way had a switch of its own. */
function modesOf(config: unknown): string[] {
  const settings = (config ?? {}) as Readonly<Record<string, unknown>>;
  const mode = settings['pooling_mode'];
  if (mode !== undefined) return [mode].flat().flatMap((name) => (name === null ? [] : [String(name)]));
  return Object.entries(settings).flatMap(([name, on]) =>
    on === true && name.startsWith('pooling_mode_') ? [name.slice('pooling_mode_'.length)] : [],
  );
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

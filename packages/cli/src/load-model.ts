import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { SecondpassError } from '@secondpass/core';
import {
  type DeviceChoice,
  deviceChoices,
  type LoadedReranker,
  type LoadOptions,
  loadReranker,
  type Precision,
  precisions,
} from '@secondpass/core/models';
import type { Io } from './io.ts';
import { wrap } from './print/layout.ts';
import { progress } from './print/progress.ts';
import type { Arguments, Option } from './usage.ts';

/** The options of every command that runs a model. */
export const modelOptions: Readonly<Record<'model' | 'device' | 'precision', Option>> = {
  model: { value: 'MODEL', short: 'm' },
  device: { value: 'DEVICE', among: deviceChoices },
  precision: { value: 'P', among: precisions },
};

/** Their lines in a help text of 80 columns, the descriptions `width` columns from the left. */
export function modelHelp(width: number): string {
  const described = (option: string, text: string): string =>
    wrap(text, 80 - width)
      .map((line, index) => `  ${(index === 0 ? option : '').padEnd(width - 2)}${line}`)
      .join('\n');
  return [
    described(
      '--model, -m MODEL',
      'mini-en (the embedded English model, default) and its lines mini-en/fast, mini-en/best and mini-en/cross-encoder, a model folder, a package that carries a model, or a hub model such as cross-encoder/ms-marco-MiniLM-L6-v2, which is downloaded once',
    ),
    described(
      '--precision P',
      'Which of its graphs to run: fp32, fp16, int8 or q4 (default: the fullest there is; the embedded model has int8 alone). int8 is about a quarter of the download and takes half the time',
    ),
    described('--device DEVICE', `Where it runs: ${deviceChoices.join(', ')} (default: cpu)`),
  ].join('\n');
}

/** The reranker that `--model` names, or the embedded one. */
export async function loadModel(
  given: Arguments,
  io: Io,
  signal: AbortSignal,
  kind: NonNullable<LoadOptions['kind']> = 'probability',
): Promise<LoadedReranker> {
  return loadNamed(given.text('model'), given, io, signal, { kind });
}

/**
 * The reranker of that name, or the embedded one, where `--device` says. A path is taken from the current folder. All
 * cores work (at most eight) unless `options` say otherwise: unlike in a server, nothing else in this process needs
 * one.
 * @throws SecondpassError as `loadReranker`
 */
export async function loadNamed(
  model: string | undefined,
  given: Arguments,
  io: Io,
  signal: AbortSignal,
  options: LoadOptions,
): Promise<LoadedReranker> {
  const device = given.text('device');
  const precision = given.text('precision') as Precision | undefined;
  const bar = progress('Downloading', io, { quiet: given.has('json'), show: megabytes });
  try {
    return await loadReranker(sourceOf(model, io), {
      workers: Math.min(8, availableParallelism()),
      ...options,
      precision,
      signal,
      onDownload: ({ done, total }) => bar.update(done, total),
      // Whoever names a device wants that one.
      ...(device !== undefined && { device: device as DeviceChoice, requireDevice: device !== 'auto' }),
    });
  } catch (error) {
    if (!SecondpassError.isInstance(error) || error.code !== 'device-unavailable') throw error;
    const message = `${error.message} Leave out --device, or use --device auto.`;
    throw new SecondpassError('device-unavailable', message, { cause: error });
  } finally {
    bar.end();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function sourceOf(model: string | undefined, io: Io): string | undefined {
  const isPath = model !== undefined && /^[./]|^[a-z]:[\\/]|\\/i.test(model);
  return isPath ? resolve(io.cwd, model) : model;
}

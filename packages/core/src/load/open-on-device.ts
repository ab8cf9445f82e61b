import { availableParallelism } from 'node:os';
import { SecondpassError } from '../errors.ts';
import { devicesToTry, type Device } from '../models/device.ts';
import { openPool, type Pool } from '../models/fair-pool.ts';
import type { Precision } from '../models/graph-file.ts';
import { startInProcess } from '../models/in-process-runner.ts';
import type { SessionSettings } from '../models/onnx-session.ts';
import { findWorkerFile } from '../models/worker-file.ts';
import { startWorker } from '../models/worker-runner.ts';
import type { Note } from '../types.ts';
import type { LoadOptions } from './load-options.ts';

/** Sessions on the first device that can run the model, and what is to be said about it. */
export interface OpenedOnDevice {
  readonly pool: Pool;
  readonly device: Device;
  readonly notes: readonly Note[];
}

/**
 * Opens a model on the first device that takes it. The CPU gets several workers, every other device one. Where the
 * worker file cannot be found (bundles), this thread does the work, with a note unless that was asked for.
 * @throws SecondpassError `device-unavailable` with each device's reason; as `openSession` for a model that is broken
 */
export async function openOnDevice(
  settings: SessionSettings,
  options: LoadOptions,
  by: string,
): Promise<OpenedOnDevice> {
  const { device: choice = 'cpu', requireDevice = false } = options;
  const workers = options.workers ?? Math.min(4, Math.max(1, availableParallelism() - 1));
  const file = workers > 0 ? findWorkerFile() : undefined;
  const notes: Note[] = [];
  if (workers > 0 && !file) {
    const message =
      'The file onnx-worker of @secondpass/core was not found (bundled without it?), so inference runs in this thread and blocks it.';
    notes.push({ code: 'in-process', by, message });
  }
  const reasons: string[] = [];
  for (const device of devicesToTry(choice, process.platform, requireDevice)) {
    const own = { ...settings, device };
    const start = file ? () => startWorker(file, own) : () => startInProcess(own);
    try {
      const pool = await openPool(file && device === 'cpu' ? workers : 1, start);
      if (reasons.length > 0 && choice !== 'auto') {
        const message = `${choice} cannot run this model, so the CPU does (${reasons.join('; ')}).`;
        notes.push({ code: 'device-fallback', by, message });
      }
      return { pool, device, notes };
    } catch (error) {
      // A driver that takes its thread down with it is a device that does not work, too.
      if (device === 'cpu' || (SecondpassError.isInstance(error) && error.code === 'missing-dependency')) throw error;
      reasons.push(`${device}: ${(error as Error).message}`);
    }
  }
  throw new SecondpassError(
    'device-unavailable',
    `No device that was asked for can run this model (${reasons.join('; ')}). ` +
      'Run `npx secondpass doctor` to see what is missing, or leave out requireDevice to let the CPU stand in.',
  );
}

/**
 * Padded tokens of one run, unless the caller says otherwise. Weights of 8 and 4 bits round their input by the largest
 * number in the batch, so each text runs alone, lest its score depend on its company; not where scales are fixed.
 */
export function tokenBudgetOn(device: Device, precision: Precision, fixedScales: boolean): number {
  if (!fixedScales && (precision === 'int8' || precision === 'q4')) return 1;
  return device === 'cpu' ? 256 : 16_384;
}

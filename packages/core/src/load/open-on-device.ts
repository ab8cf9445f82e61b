import { availableParallelism } from 'node:os';
import { SecondpassError } from '../errors.ts';
import type { Batch, Output } from '../models/runtime/batch.ts';
import { devicesToTry, type Device, type DeviceChoice } from '../models/runtime/device.ts';
import { openPool, type Pool } from '../models/runtime/fair-pool.ts';
import type { Precision } from '../models/files/graph-file.ts';
import { startInProcess } from '../models/runtime/in-process-runner.ts';
import type { SessionSettings } from '../models/runtime/onnx-session.ts';
import { plainReason } from '../models/runtime/plain-reason.ts';
import { runProbe } from '../models/runtime/probe.ts';
import type { Runner } from '../models/runtime/runner.ts';
import { sameWeights } from '../models/files/same-weights.ts';
import { findWorkerFile } from '../models/runtime/worker-file.ts';
import { startWorker } from '../models/runtime/worker-runner.ts';
import { whyWrongOn } from '../models/runtime/wrong-on-device.ts';
import type { Note } from '../types.ts';
import type { LoadOptions } from './load-options.ts';

/** Workers where nothing is said of them: one core is left to the program, and more than four gain little. */
export function defaultWorkers(): number {
  return Math.min(4, Math.max(1, availableParallelism() - 1));
}

/** What is to be opened. */
export interface ModelToOpen {
  readonly settings: SessionSettings;
  /** `model_type` of its config.json. */
  readonly family: string | undefined;
  /** Its name in notes. */
  readonly by: string;
  /** Small, and run once on each device that is tried. */
  readonly batch: Batch;
}

/** Sessions on the first device that can run the model, and what is to be said about it. */
export interface OpenedOnDevice {
  readonly pool: Pool;
  readonly device: Device;
  /** What the device made of the first batch. */
  readonly first: Output;
  readonly notes: readonly Note[];
}

/** A device that does not work: why, and whether it opened the graph before it was passed over. */
interface Failure {
  readonly device: Device;
  readonly reason: string;
  readonly opened: boolean;
}

/**
 * Opens a model on the first device that works: that takes the graph, can run it, and is not known to compute it wrongly.
 * The CPU gets several workers, every other device one. Where the worker file cannot be found (bundles), this thread does
 * the work, with a note unless that was asked for.
 * @throws SecondpassError `device-unavailable` with each device's reason; as `openSession` and `runProbe` for a model that
 *   is broken
 */
export async function openOnDevice(model: ModelToOpen, options: LoadOptions): Promise<OpenedOnDevice> {
  const { settings, family, by, batch } = model;
  const { device: choice = 'cpu', requireDevice = false } = options;
  const workers = options.workers ?? defaultWorkers();
  const file = workers > 0 ? findWorkerFile() : undefined;
  const notes: Note[] = [];
  if (workers > 0 && !file) {
    const message =
      'The file onnx-worker of @secondpass/core was not found (bundled without it?), so inference runs in this thread and blocks it.';
    notes.push({ code: 'in-process', by, message });
  }
  const failures: Failure[] = [];
  const checkWeights = await sameWeights(settings.graph);
  for (const device of devicesToTry(choice, process.platform, requireDevice)) {
    const own = { ...settings, device };
    const start = async (): Promise<Runner> => {
      await checkWeights();
      return file ? startWorker(file, own) : startInProcess(own);
    };
    let pool: Pool | undefined;
    try {
      pool = await openPool(file && device === 'cpu' ? workers : 1, start);
      // Not before it is open: of a device that is not there nothing else is to be said.
      const wrong = whyWrongOn(device, family);
      if (wrong) throw new SecondpassError('device-unavailable', wrong);
      const first = await runProbe(pool, batch, own);
      return { pool, device, first, notes: [...notes, ...fallbackNotes(failures, choice, device, by)] };
    } catch (error) {
      // What a broken device says when it is let go adds nothing to why it is broken.
      await pool?.dispose().catch(() => {});
      // A driver that takes its thread down with it is a device that does not work, too.
      if (device === 'cpu' || isNoFaultOfDevice(error)) throw error;
      failures.push({ device, reason: plainReason((error as Error).message), opened: pool !== undefined });
    }
  }
  throw new SecondpassError(
    'device-unavailable',
    `No device that was asked for can run this model (${reasonsOf(failures)}). ` +
      'Run `npx secondpass doctor` to see what is missing; unless a device is required, the CPU stands in.',
  );
}

/** Whether every other device would fail in the same way: without the runtime, or with a model that is broken. */
function isNoFaultOfDevice(error: unknown): boolean {
  return SecondpassError.isInstance(error) && (error.code === 'missing-dependency' || error.code === 'invalid-model');
}

/**
 * What is said of the devices that were tried before. `auto` asks for what the machine has, so of a device that does not
 * open nothing is said; one that opens was meant to be used.
 */
function fallbackNotes(failures: readonly Failure[], choice: DeviceChoice, device: Device, by: string): Note[] {
  const told = failures.filter(({ opened }) => opened || choice !== 'auto');
  if (told.length === 0) return [];
  const failed = told.map(({ device }) => device).join(' and ');
  const message = `${failed} cannot run this model, so ${device === 'cpu' ? 'the CPU' : device} does (${reasonsOf(told)}).`;
  return [{ code: 'device-fallback', by, message }];
}

function reasonsOf(failures: readonly Failure[]): string {
  return failures.map(({ device, reason }) => `${device}: ${reason}`).join('; ');
}

/**
 * Padded tokens of one run, unless the caller says otherwise. Weights of 8 and 4 bits round their input by the largest
 * number in the batch, so each text runs alone, lest its score depend on its company; not where scales are fixed.
 */
export function tokenBudgetOn(device: Device, precision: Precision, fixedScales: boolean): number {
  if (!fixedScales && (precision === 'int8' || precision === 'q4')) return 1;
  return device === 'cpu' ? 256 : 16_384;
}

import { availableParallelism, totalmem } from 'node:os';
import { describeRuntime, type Device, hubSettings, type RuntimeDescription } from '@secondpass/core/models';
import manifest from '../../package.json' with { type: 'json' };
import { probeApart, type Probe } from './probe.ts';

/** Everything the doctor finds out. Plain data; holds no secret: of the token only whether there is one. */
export interface DoctorReport {
  readonly version: string;
  readonly machine: {
    readonly platform: string;
    readonly arch: string;
    readonly node: string;
    readonly cores: number;
    readonly memoryBytes: number;
  };
  readonly runtime: RuntimeDescription;
  readonly model: { readonly name: string; readonly found: boolean; readonly problem?: string };
  readonly hub:
    | { readonly endpoint: string; readonly cacheFolder: string; readonly offline: boolean; readonly token: boolean }
    | { readonly problem: string };
  /** The CPU alone, if it cannot load the model. */
  readonly devices: readonly Probe[];
  readonly advice: readonly string[];
}

const secondsPerDevice = 60;

/**
 * @param tell called before each device is tried, which may take seconds
 * @throws the signal's reason
 */
export async function examine(
  model: string | undefined,
  signal: AbortSignal,
  tell: (device: Device) => void,
): Promise<DoctorReport> {
  const runtime = await describeRuntime();
  const devices: Probe[] = [];
  // The CPU first: what stops it is the model or the runtime, and no other device would do better.
  for (const device of runtime.devices.toSorted((a, b) => Number(b === 'cpu') - Number(a === 'cpu'))) {
    tell(device);
    const probe = await probeApart(device, model, secondsPerDevice * 1000, signal);
    // What was interrupted says nothing about the model.
    signal.throwIfAborted();
    devices.push(probe);
    if (device === 'cpu' && probe.logit === undefined && !probe.timedOut) break;
  }
  const cpu = devices.find(({ device }) => device === 'cpu');
  const problem = cpu?.logit === undefined ? cpu?.reason : undefined;
  return {
    version: manifest.version,
    machine: {
      platform: process.platform,
      arch: process.arch,
      node: process.versions.node,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
    },
    runtime,
    model: {
      name: model ?? 'embedded (@secondpass/model-mini-en)',
      found: cpu?.logit !== undefined,
      ...(problem && { problem }),
    },
    hub: await describeHub(),
    devices,
    advice: advise(runtime, devices),
  };
}

function advise(runtime: RuntimeDescription, devices: readonly Probe[]): string[] {
  const cpu = devices.find(({ device }) => device === 'cpu');
  if (runtime.problem || (cpu?.reason !== undefined && !cpu.timedOut)) return [];
  const working = devices.filter(({ logit, device }) => logit !== undefined && device !== 'cpu');
  const advice = working.map(({ device }) => `${device} works here: loadReranker(name, { device: '${device}' }).`);
  const failed = new Set(devices.filter(({ logit }) => logit === undefined).map(({ device }) => device));
  if (failed.has('cuda')) {
    advice.push(
      'For an NVIDIA card on Linux: ONNXRUNTIME_NODE_INSTALL=cuda12 npm install onnxruntime-node, with CUDA 12 and cuDNN 9 installed. Untried by us so far.',
    );
  }
  if (failed.has('webgpu') && process.platform === 'linux') {
    advice.push(
      'WebGPU comes with the runtime; on Linux it needs a Vulkan driver (libvulkan.so.1 and the card’s own), and for some models one with half precision (shader-f16).',
    );
  }
  if (working.length === 0 && cpu?.logit !== undefined)
    advice.push('The CPU is all it takes: the embedded model is made for it.');
  return advice;
}

async function describeHub(): Promise<DoctorReport['hub']> {
  try {
    const { endpoint, cacheFolder, offline, token } = await hubSettings();
    return { endpoint, cacheFolder, offline, token: token !== undefined };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { SecondpassError } from '../../errors.ts';
import { providerNames, type Device } from './device.ts';
import { loadRuntime, runtimePath } from './onnx-runtime.ts';

/** The ONNX runtime as it is installed here, for people who wonder what could run. */
export interface RuntimeDescription {
  /** Folder of onnxruntime-node and its version; both absent if it is not installed or does not load. */
  readonly folder?: string;
  readonly version?: string;
  /** Why it cannot be used, with the way out. */
  readonly problem?: string;
  /** Devices this build has a backend for. A backend says nothing about hardware: only trying tells. */
  readonly devices: readonly Device[];
}

/** Looks at the installed ONNX runtime. Never throws: what is wrong is in `problem`. */
export async function describeRuntime(): Promise<RuntimeDescription> {
  try {
    const onnx = await loadRuntime();
    const manifest = createRequire(runtimePath()).resolve('onnxruntime-node/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const backends = new Set(onnx.listSupportedBackends().map(({ name }) => name));
    const devices = (Object.keys(providerNames) as Device[]).filter((device) => backends.has(providerNames[device]));
    return { folder: dirname(manifest), version, devices };
  } catch (error) {
    const problem = SecondpassError.isInstance(error)
      ? error.message
      : `onnxruntime-node cannot be read: ${String(error)}`;
    return { problem, devices: [] };
  }
}

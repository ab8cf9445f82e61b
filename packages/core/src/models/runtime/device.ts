/** Where a model may run. `auto`: the first of the machine's own accelerators that works, else the CPU. */
export type DeviceChoice = 'auto' | Device;
export type Device = 'cpu' | 'cuda' | 'tensorrt' | 'webgpu' | 'coreml' | 'directml';

/** What the ONNX runtime calls each of them. */
export const providerNames: Readonly<Record<Device, string>> = {
  cpu: 'cpu',
  cuda: 'cuda',
  tensorrt: 'tensorrt',
  webgpu: 'webgpu',
  coreml: 'coreml',
  directml: 'dml',
};

export const deviceChoices: readonly DeviceChoice[] = ['auto', ...(Object.keys(providerNames) as Device[])];

/**
 * Devices in the order in which they are tried. They are tried one by one, since the runtime either fails as a whole
 * when the first of a list is missing, or drops it without an error.
 * @param required true: the CPU does not stand in for what was asked for
 */
export function devicesToTry(choice: DeviceChoice, platform: NodeJS.Platform, required: boolean): readonly Device[] {
  if (choice !== 'auto') return choice === 'cpu' || required ? [choice] : [choice, 'cpu'];
  const accelerators: readonly Device[] =
    platform === 'darwin' ? ['coreml', 'webgpu'] : platform === 'win32' ? ['directml', 'webgpu'] : ['cuda', 'webgpu'];
  return required ? accelerators : [...accelerators, 'cpu'];
}

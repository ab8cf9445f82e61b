// A Vulkan driver that computes on the CPU, for tests of WebGPU on machines without a GPU: SwiftShader, out of Debian's
// package of Chromium (32 MB, which also has the loader). Mesa's lavapipe is refused by the WebGPU in the ONNX runtime.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const debianPackage = 'chromium-common';
const output = fileURLToPath(new URL('../../output/webgpu', import.meta.url));
const unpacked = join(output, debianPackage);
const libraries = join(unpacked, 'usr/lib/chromium');
const parts = ['libvk_swiftshader.so', 'vk_swiftshader_icd.json', 'libvulkan.so.1'].map((name) =>
  join(libraries, name),
);

/** Why this machine cannot have the driver, or `undefined` if it can. */
export function whyNoDriver(): string | undefined {
  const here = `${process.platform}/${process.arch}`;
  if (here !== 'linux/x64') return `the driver is fetched for linux/x64, this is ${here}`;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID="?debian"?$/m.test(release)) return 'the driver comes from Debian’s packages, this is another system';
  return undefined;
}

/**
 * Fetches the driver unless it is there, and unpacks it under test/output: nothing is installed.
 * @returns the environment variables by which a process that is started with them finds it
 * @throws Error with apt's or dpkg's last line
 */
export function fetchDriver(): Readonly<Record<string, string>> {
  if (!parts.every((part) => existsSync(part))) {
    rmSync(output, { recursive: true, force: true });
    const fresh = join(output, 'fresh');
    mkdirSync(fresh, { recursive: true });
    download(fresh);
    const archive = readdirSync(fresh).find((name) => name.endsWith('.deb'))!;
    run('dpkg', ['-x', archive, 'content'], fresh);
    // It has its name when it is complete.
    renameSync(join(fresh, 'content'), unpacked);
    rmSync(fresh, { recursive: true });
  }
  const missing = parts.filter((part) => !existsSync(part));
  if (missing.length > 0) throw new Error(`${debianPackage} has no ${missing.join(', ')}.`);
  return { VK_DRIVER_FILES: parts[1]!, LD_LIBRARY_PATH: libraries };
}

/** A list of packages that is old names versions that are gone, so it is renewed once, which takes the rights to do so. */
function download(folder: string): void {
  try {
    run('apt-get', ['download', '-qq', debianPackage], folder);
  } catch {
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    const [command, ...rest] = [...asRoot, 'apt-get', 'update', '-qq'];
    run(command!, rest, folder);
    run('apt-get', ['download', '-qq', debianPackage], folder);
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const last = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').at(-1);
  throw new Error(
    `The software Vulkan driver was not fetched: ${command} ${args.join(' ')}: ${error?.message ?? last}`,
  );
}

import { SecondpassError } from '../errors.ts';

/** The error for an optional package that is needed now: what for, and one install line per package manager. */
export function missingDependency(packageName: string, neededFor: string, cause?: unknown): SecondpassError {
  const npm = packageName === 'onnxruntime-node' ? 'ONNXRUNTIME_NODE_INSTALL=skip npm install' : 'npm install';
  const lines = [
    `  npm:  ${npm} ${packageName}`,
    `  pnpm: pnpm add ${packageName}`,
    `  yarn: yarn add ${packageName}`,
    `  bun:  bun add ${packageName}`,
  ];
  const why =
    packageName === 'onnxruntime-node'
      ? '\nThe variable keeps its install script from downloading GPU libraries, which the CPU does not need (in Windows: set it first).'
      : '';
  return new SecondpassError(
    'missing-dependency',
    `${packageName} is not installed; ${neededFor} needs it. Install it with one of\n${lines.join('\n')}${why}`,
    { cause },
  );
}

import { arch, cpus, platform, release } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { shellWord } from '../print/shell-word.ts';
import type { LoadedSystems } from './load-systems.ts';

/** What figures of time depend on, for a report. Names no user, no host and no path. */
export function environment({ systems, workers }: LoadedSystems): (readonly [string, string])[] {
  const processors = cpus();
  return [
    ['secondpass', manifest.version],
    ['Node', process.version],
    ['system', `${platform()} ${release()} ${arch()}`],
    ['processor', `${processors.length} × ${processors[0]?.model.trim() || 'unknown'}`],
    ['inference threads', String(workers)],
    ['models', systems.map(({ name }) => name).join('; ')],
    ['date', new Date().toISOString().slice(0, 10)],
  ];
}

/** What the milliseconds hold for, as a sentence. */
export function measuredWith(workers: number, device: string | undefined): string {
  if (device !== undefined && device !== 'cpu') return `Measured with --device ${device}.`;
  return `Measured with ${workers} inference ${workers === 1 ? 'thread' : 'threads'}.`;
}

/** The command as it was given, for a shell. */
export function commandLine(argv: readonly string[]): string {
  return ['secondpass tune', ...argv.map(shellWord)].join(' ');
}

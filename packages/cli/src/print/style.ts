import type { Io } from '../io.ts';

/**
 * Colours, or the same text where colours are not wanted: no terminal, NO_COLOR, TERM=dumb. FORCE_COLOR turns them on.
 */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
  /** Columns to fill. */
  readonly width: number;
}

export function styleFor(stream: Io['stdout'], env: Io['env']): Style {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const colours = forced || (stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      colours ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    green: paint(32, 39),
    red: paint(31, 39),
    cyan: paint(36, 39),
    width: Math.max(60, Math.min(stream.columns ?? 100, 120)),
  };
}

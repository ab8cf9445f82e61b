import type { Io } from '../io.ts';
import type { Option } from '../usage.ts';

/** One command: a file of its own in this folder, listed in `main.ts`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help text, examples included. */
  readonly help: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Does the work; the number is the exit code. `signal` fires at Ctrl-C and when nobody reads the output any more. */
  run(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number>;
}

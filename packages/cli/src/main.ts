import { SecondpassError } from '@secondpass/core';
import manifest from '../package.json' with { type: 'json' };
import type { Command } from './commands/command.ts';
import { doctor } from './commands/doctor.ts';
import { evaluate } from './commands/evaluate.ts';
import { explain } from './commands/explain.ts';
import { models } from './commands/models.ts';
import { rerank } from './commands/rerank.ts';
import { search } from './commands/search.ts';
import { tune } from './commands/tune.ts';
import { type Io, processIo, write } from './io.ts';
import { printable } from './print/printable.ts';
import { nearest, UsageError } from './usage.ts';

const commands: readonly Command[] = [search, explain, rerank, evaluate, tune, models, doctor];

const overview = `secondpass ${manifest.version}: search and rerank your own text, offline, on your own CPU.

Usage: secondpass <command> [options]

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}
  help      How to use a command: secondpass help search

Examples:
  secondpass search docs --query "How do I retry, and how do I cancel?"
  grep -rh TODO src | secondpass rerank --query "error handling" --top 5
  secondpass rerank --queries q.jsonl --corpus c.jsonl --run in.trec -o out.trec

Options:
  --help, -h     This page; after a command, that command's
  --version      The version

Environment:
  NO_COLOR=1           Plain output
  SECONDPASS_DEBUG=1   Stack traces with errors

Exit codes: 0 done; 1 failed, or a gate of evaluate that does not hold;
2 wrong usage; 130 interrupted
`;

/**
 * Runs the command and returns its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Never throws, never
 * calls `process.exit`. A closed output (`| head`) ends it quietly.
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const stop = new AbortController();
  let code: number | undefined;
  const end = (exitCode: number): void => {
    code ??= exitCode;
    stop.abort(new SecondpassError('failed', exitCode === 0 ? 'Nobody reads the output any more.' : 'Interrupted.'));
  };
  const onSignal = (): void => {
    // A second Ctrl-C finds the default action and ends the process on the spot.
    for (const name of signals) process.off(name, onSignal);
    end(130);
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => end(error.code === 'EPIPE' ? 0 : 1);
  const tellOutputError = ({ code: reason, message }: NodeJS.ErrnoException): void => {
    if (reason !== 'EPIPE') io.stderr.write(`secondpass: Cannot write the output: ${message}\n`);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  for (const stream of [io.stdout, io.stderr]) stream.on('error', onOutputError);
  io.stdout.once('error', tellOutputError);
  try {
    const done = await Promise.race([dispatch(argv, io, stop.signal), graceAfter(stop.signal)]);
    return code ?? done;
  } catch (error) {
    if (code !== undefined) return code;
    await write(io.stderr, describe(error, argv, io));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    for (const name of signals) process.off(name, onSignal);
    // Whoever stopped early may leave input unread, which would keep the process waiting.
    if (code !== undefined) io.stdin.destroy();
    // The output's listener stays: a closed pipe may report itself only after the last write.
  }
}

/** Ends what does not end by itself two seconds after it was told to: loading a large model, say. */
function graceAfter(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, 2000, 130).unref(), { once: true });
  });
}

async function dispatch(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v' || first === 'version') {
    await write(io.stdout, `${manifest.version}\n`);
    return 0;
  }
  if (first === undefined) {
    await write(io.stderr, overview);
    return 2;
  }
  if (['--help', '-h', 'help'].includes(first)) {
    const asked = first === 'help' ? rest[0] : undefined;
    await write(io.stdout, asked === undefined || asked.startsWith('-') ? overview : `${find(asked).help}\n`);
    return 0;
  }
  const command = find(first);
  const beforeEnd = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (beforeEnd.includes('--help') || beforeEnd.includes('-h')) {
    await write(io.stdout, `${command.help}\n`);
    return 0;
  }
  return command.run(rest, io, signal);
}

function find(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  const near = nearest(name, [...commands.map((one) => one.name), 'help']);
  throw new UsageError(
    `There is no command "${name}"${near ? `; did you mean "${near}"?` : `. Commands: ${commands.map((one) => one.name).join(', ')}.`}`,
  );
}

/** An error as a sentence for a person; the stack only on request. */
function describe(error: unknown, argv: readonly string[], io: Io): string {
  const message = error instanceof Error ? error.message : String(error);
  const command = commands.find((one) => one.name === argv[0]);
  const readOn = error instanceof UsageError ? `See: secondpass help${command ? ` ${command.name}` : ''}\n` : '';
  const stack = io.env['SECONDPASS_DEBUG'] && error instanceof Error ? `${printable(String(error.stack))}\n` : '';
  return `secondpass: ${printable(message)}\n${readOn}${stack}`;
}

import type { Io } from '../io.ts';
import { duration } from './layout.ts';

/** Shows how far a long job is, on the error output. */
export interface Progress {
  update(done: number, total: number): void;
  /** Takes the bar away, so that what follows starts on a clean line. */
  end(): void;
}

const everyMs = { terminal: 100, plain: 10_000 };

/**
 * A bar on a terminal, redrawn at most ten times a second; elsewhere a plain line every ten seconds. With `quiet`
 * (for `--json`) there is only the bar, and only on a terminal. `show` writes the numbers.
 */
export function progress(
  what: string,
  io: Io,
  options: { readonly quiet?: boolean; readonly show?: (count: number) => string } = {},
): Progress {
  const { show = String } = options;
  const terminal = io.stderr.isTTY === true && io.env['TERM'] !== 'dumb';
  const started = Date.now();
  let last = terminal ? 0 : started;
  let drawn = false;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - last < (terminal ? everyMs.terminal : everyMs.plain) || total <= 0) return;
      last = now;
      const left =
        done > 0 && done < total ? `, about ${duration(((now - started) / done) * (total - done))} left` : '';
      if (terminal) {
        const columns = Math.max(10, Math.min(30, (io.stderr.columns ?? 80) - 50));
        const filled = Math.round((columns * Math.min(done, total)) / total);
        const bar = '█'.repeat(filled) + '░'.repeat(columns - filled);
        io.stderr.write(`\r\u001b[2K${what} ${bar} ${show(done)}/${show(total)}${left}`);
        drawn = true;
      } else if (!options.quiet) {
        io.stderr.write(`${what}: ${show(done)} of ${show(total)}${left}\n`);
      }
    },
    end() {
      if (drawn) io.stderr.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

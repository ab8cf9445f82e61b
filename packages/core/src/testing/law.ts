/** One law, ready to be run: resolves if it holds, rejects with a counterexample if not. */
export interface Law {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Registers a test: `test` of vitest, Jest or node:test. `timeout` is in milliseconds and given only where it is set;
 * node:test, which has no limit unless the run is told one, does not read it.
 */
export type RegisterTest = (name: string, run: () => Promise<void>, timeout?: number) => unknown;

/** Puts a subject's name before each law's, and registers them if there is something to register them with. */
export function register(
  subject: string,
  laws: readonly Law[],
  options: { readonly test?: RegisterTest | undefined; readonly timeoutMs?: number | undefined },
): readonly Law[] {
  const named = laws.map((law) => ({ name: `${subject}: ${law.name}`, run: law.run }));
  for (const { name, run } of named) {
    if (options.timeoutMs === undefined) options.test?.(name, () => run());
    else options.test?.(name, () => run(), options.timeoutMs);
  }
  return named;
}

/** Fails a law with a sentence that says what was seen; a stack would only lead to this line. */
export function holds(condition: boolean, otherwise: () => string): asserts condition {
  if (condition) return;
  const broken = new Error(otherwise());
  broken.stack = String(broken);
  throw broken;
}

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files, folder, useRerankFolder } from '../commands/rerank-folder.ts';
import { bin } from '../run.ts';

// These run the committed bin file on the build in dist/, as a process: `npm test` builds first.

useRerankFolder();

/** Runs a line of the shell in the folder; `secondpass` is the command. */
function shell(line: string): { readonly code: number | null; readonly out: string; readonly err: string } {
  const command = [process.execPath, bin].map((word) => JSON.stringify(word)).join(' ');
  const script = `secondpass() { ${command} "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}
const rerank = (output: string): string => `secondpass rerank ${files(output).join(' ')} --depth 1`;
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
const summary = /: 3 queries, 11 documents, \d of them reranked/;

describe.skipIf(process.platform === 'win32')('an output that is the standard output', () => {
  it.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', './log', './link'])(
    'keeps what the file behind it holds, and tells a person on the error output: %s',
    (output) => {
      writeFileSync(join(folder, 'log'), 'precious\n');
      if (output === './link') symlinkSync('/dev/stdout', join(folder, 'link'));
      if (output.startsWith('/proc') && process.platform !== 'linux') return;
      const before = readdirSync(folder);
      const { code, err } = shell(`${rerank(output)} >> log`);
      expect(code).toBe(0);
      expect(err).toMatch(summary);
      expect(written('log')).toMatch(/^precious\nq1 Q0 d0 1 .*\n(q\d Q0 .*\n){10}$/);
      expect(readdirSync(folder)).toEqual(before);
    },
  );

  it('takes its place among what else is written there', () => {
    const { code } = shell(`{ echo before; ${rerank('/dev/stdout')}; echo after; } > log`);
    expect(code).toBe(0);
    expect(written('log')).toMatch(/^before\n(q\d Q0 .*\n){11}after\n$/);
  });

  it('keeps what the file behind another open descriptor holds', () => {
    writeFileSync(join(folder, 'log'), 'precious\n');
    const { code, out } = shell(`${rerank('/dev/fd/5')} 5>> log`);
    expect(code).toBe(0);
    expect(out).toMatch(summary);
    expect(written('log')).toMatch(/^precious\n(q\d Q0 .*\n){11}$/);
  });

  it('goes through a pipe', () => {
    expect(shell(`${rerank('/dev/stdout')} | head -n 1`).out).toMatch(/^q1 Q0 d0 1 .*\n$/);
    expect(shell(`${rerank('/dev/stdout')} | true; echo "code \${PIPESTATUS[0]}"`)).toEqual({
      code: 0,
      out: 'code 0\n',
      err: '',
    });
  });

  it.each([
    ['rerank', '--output', `${rerank('/dev/stdout')} --json`],
    ['explain', '--html', 'secondpass explain "what is x?" q.jsonl --html /dev/stdout --json'],
  ])('is refused with --json: %s %s', (_command, option, line) => {
    const { code, out, err } = shell(line);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`--json and ${option} both go to the standard output`);
  });

  it('has the page of explain alone', () => {
    const { code, out, err } = shell('secondpass explain "what is the capital of France?" c.jsonl --html /dev/stdout');
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>/i);
    expect(err).toContain('Paris');
  });
});

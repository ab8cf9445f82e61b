// Runs the code that `tune` prints, as a module of its own on the built packages.
import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** The ids, best first, that the code at the end of `out` gives; it is written and run in `folder`. */
export function runPrintedCode(
  out: string,
  folder: string,
  query: string,
  candidates: readonly { readonly id: string; readonly content: string }[],
): string[] {
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(packages, join(folder, 'node_modules'), 'junction');
  const code = out.slice(out.indexOf('import {'));
  const given = `const query = ${JSON.stringify(query)};\nconst candidates = ${JSON.stringify(candidates)};\n`;
  const tell = 'console.log(JSON.stringify(results.map(({ candidate }) => candidate.id)));\nawait model.dispose();\n';
  writeFileSync(join(folder, 'pasted.mjs'), given + code + tell);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['pasted.mjs'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

#!/usr/bin/env node
// The command, as npm links it. It is committed, so that the link exists before the first build.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.mjs', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
  // Interrupted: do not wait for what may still be under way.
  if (process.exitCode === 130) process.exit();
} else {
  console.error('secondpass: not built yet. In a clone of the project, run `npm run build` once.');
  process.exitCode = 1;
}

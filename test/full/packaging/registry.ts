import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** True if npm can fetch packages here. Tests that install what strangers would are skipped, visibly, where it cannot. */
export async function registryAnswers(): Promise<boolean> {
  // An empty cache, so that an answer of yesterday is none.
  const cache = mkdtempSync(join(tmpdir(), 'secondpass-npm-'));
  const env = { npm_config_cache: cache, npm_config_fetch_retries: '1', npm_config_fetch_timeout: '30000' };
  const asked = await run('npm', ['view', 'publint@0.3.25', 'version'], { cwd: tmpdir(), env, timeoutMs: 90_000 });
  rmSync(cache, { recursive: true, force: true });
  return asked.status === 0;
}

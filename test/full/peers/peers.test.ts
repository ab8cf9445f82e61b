// The adapters as published, against the lowest and the newest version of each framework, every pair in an install of its own.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, packAll, root, type Packed } from '../packaging/pack.ts';
import { registryAnswers } from '../packaging/registry.ts';
import { mustRun, run } from '../packaging/run.ts';

interface Row {
  /** The adapter, and the script in `uses` that exercises it. */
  readonly adapter: 'langchain' | 'llamaindex' | 'ai-sdk' | 'elasticsearch';
  readonly versions: readonly string[];
  readonly args?: readonly string[];
  /** Needs a newer Node than the one that runs the tests: it comes as an npm package. */
  readonly node?: '22.23.3';
}

const rows: readonly Row[] = [
  { adapter: 'langchain', versions: ['@langchain/core@1.0.0', '@langchain/classic@1.0.0'] },
  { adapter: 'langchain', versions: ['@langchain/core@1.2.13', '@langchain/classic@1.0.50'] },
  { adapter: 'llamaindex', versions: ['@llamaindex/core@0.6.0', '@llamaindex/env@0.1.29'] },
  { adapter: 'llamaindex', versions: ['@llamaindex/core@0.6.23', '@llamaindex/env@0.1.31'] },
  { adapter: 'llamaindex', versions: ['llamaindex@0.10.1', '@llamaindex/core@0.6.2'], args: ['--umbrella'] },
  { adapter: 'llamaindex', versions: ['llamaindex@0.12.1', '@llamaindex/core@0.6.22'], args: ['--umbrella'] },
  { adapter: 'ai-sdk', versions: ['ai@6.0.0', 'zod@4.1.8'] },
  { adapter: 'ai-sdk', versions: ['ai@6.0.326', 'zod@4.1.8'] },
  { adapter: 'ai-sdk', versions: ['ai@7.0.173', 'zod@4.1.8'], args: ['--v4'], node: '22.23.3' },
  { adapter: 'elasticsearch', versions: ['@elastic/elasticsearch@8.13.0'] },
  { adapter: 'elasticsearch', versions: ['@elastic/elasticsearch@8.19.2'] },
  { adapter: 'elasticsearch', versions: ['@elastic/elasticsearch@9.4.3'], args: ['--serverless'] },
];

const work = mkdtempSync(join(realpathSync(tmpdir()), 'secondpass-peers-'));
const uses = fileURLToPath(new URL('uses', import.meta.url));
let packed: Packed[] = [];
const registry = await registryAnswers();

beforeAll(async () => {
  if (!registry) return;
  packed = await packAll(join(work, 'tarballs'));
});
afterAll(() => rm(work, { recursive: true, force: true }), 600_000);

/** TypeScript that wraps a client and searches with it, rightly and wrongly. */
const wrapped = `
import { Client } from '@elastic/elasticsearch';
import { createRerankingClient } from '@secondpass/elasticsearch';
const client = createRerankingClient(new Client({ node: 'http://127.0.0.1:9200' }), { text: 'body' });
const query = { match: { body: 'bees' } };
const answer = await client.search<{ body: string }>({ index: 'docs', query, rerank: { window: 20 } });
export const text: string | undefined = answer.hits.hits[0]!._source?.body;
export const place: number | undefined = answer.hits.hits[0]!._secondpass.firstStage.place;
export const applied: boolean = answer.rerank.applied;
// @ts-expect-error no such option
await client.search({ index: 'docs', query, rerank: { windw: 20 } });
// @ts-expect-error the client's own types still hold
await client.search({ index: 'docs', query: 3, rerank: {} });
`;

/** Installs one row with plain npm and returns the folder, and the Node that it is to run under. */
async function install({ adapter, versions, node }: Row): Promise<{ folder: string; node: string }> {
  const folder = join(work, [adapter, ...versions].join('-').replaceAll(/[^a-z0-9.-]/g, '_'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, version: '1.0.0' }));
  const tarballs = packed.filter(({ name }) => name === '@secondpass/core' || name === `@secondpass/${adapter}`);
  const runtime = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const wanted = [...tarballs.map(({ tarball }) => tarball), ...versions, ...(node ? [`${runtime}@${node}`] : [])];
  // The frameworks' own peers (databases, parsers) are not what is tested, and scripts of theirs need not run.
  const flags = ['--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts'];
  await mustRun('npm', ['install', ...flags, ...wanted], { cwd: folder });
  cpSync(uses, folder, { recursive: true });
  const binary = join(folder, 'node_modules', runtime, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return { folder, node: node ? binary : process.execPath };
}

const named = rows.map((row) => {
  const what = `@secondpass/${row.adapter} with ${row.versions.join(', ')}`;
  return [
    `${what}${row.node ? ` on Node ${row.node}` : ''}${registry ? '' : ' (needs a package registry)'}`,
    row,
  ] as const;
});

describe.skipIf(!registry).each(named)('%s', (_, row) => {
  let folder = '';
  let node = '';
  beforeAll(async () => {
    ({ folder, node } = await install(row));
  });

  it('does what it promises', async () => {
    expect(existsSync(node)).toBe(true);
    const ran = await run(node, [join(folder, `${row.adapter}.mjs`), ...(row.args ?? [])], { cwd: folder });
    expect(ran.stdout.trim(), ran.stderr).toBe('ok');
  });

  it('has declarations that compile without skipLibCheck', async () => {
    const { manifest } = packed.find(({ name }) => name === `@secondpass/${row.adapter}`)!;
    const lines = entriesOf(manifest).map((entry, index) => `export * as all${index} from '${entry}';`);
    if (row.adapter === 'elasticsearch') lines.push(wrapped);
    writeFileSync(join(folder, 'types.mts'), lines.join('\n'));
    const options = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable', 'dom'],
      module: 'node16',
      moduleResolution: 'node16',
    };
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
    const types = { types: ['node'], typeRoots: [join(root, 'node_modules', '@types')] };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, ...strict, ...types }, files: ['types.mts'] }),
    );
    const { stdout } = await run(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { cwd: folder },
    );
    // Frameworks' own declarations do not all pass: ours must.
    const errors = stdout.split('\n').filter((line) => /error TS/.test(line));
    expect(
      errors.filter((line) => !line.includes('node_modules/') || line.includes('node_modules/@secondpass/')),
    ).toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { bin, start } from '../run.ts';
import { files } from './rerank-folder.ts';

// These run the committed bin file on the build in dist/, as a process: `npm test` builds first.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-process-'));
  const numbers = Array.from({ length: 3000 }, (_, index) => index);
  writeFileSync(join(folder, 'q.jsonl'), '{"_id":"q","text":"which number is large?"}\n');
  writeFileSync(
    join(folder, 'c.jsonl'),
    numbers.map((n) => `{"_id":"d${n}","text":"the number ${n} ${'is a number '.repeat(60)}"}\n`).join(''),
  );
  writeFileSync(join(folder, 'in.trec'), numbers.map((n) => `q Q0 d${n} ${n + 1} ${-n} t\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const longRun = ['rerank', ...files('out.trec'), '--depth', '3000'];

describe('the command as a process', () => {
  it('tells its version and its help, and refuses what it does not know', async () => {
    expect(await start(['--version']).outcome).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    for (const argv of [['--help'], ['help'], ['-h']]) {
      const { code, out, err } = await start(argv).outcome;
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/search .*\n.*rerank/);
    }
    for (const argv of [
      ['help', 'search'],
      ['search', '--help'],
    ])
      expect((await start(argv).outcome).out).toContain('Usage: secondpass search');
    expect(await start([]).outcome).toMatchObject({ code: 2, out: '' });
    const unknown = await start(['serach', 'docs']).outcome;
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('did you mean "search"?');
  });

  it('reranks its standard input', async () => {
    const { child, outcome } = start(['rerank', '-q', 'what is the capital of France?', '--top', '1']);
    child.stdin!.end('Berlin is in Germany.\nParis is the capital of France.\n');
    const { code, out, err } = await outcome;
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\d\.\d{4}\tParis is the capital of France\.\n$/);
  });

  it.skipIf(process.platform === 'win32')('ends quietly when nobody reads its output (| head)', async () => {
    const script = `${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} help search | head -c 1; echo "code \${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let all = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (all += chunk.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(all).toBe('scode 0\n');
  });

  it.skipIf(process.platform === 'win32')('ends quietly when its output closes before it has written', async () => {
    const { child, outcome } = start(['rerank', '-q', 'number']);
    child.stdout!.destroy();
    child.stdin!.end(Array.from({ length: 50 }, (_, index) => `number ${index}`).join('\n'));
    expect(await outcome).toMatchObject({ code: 0, err: '' });
  });

  it.skipIf(process.platform === 'win32')(
    'Ctrl-C in the middle ends it with 130 and leaves no file, whole or partial',
    async () => {
      const { child, outcome } = start(longRun, { cwd: folder });
      const before = ['c.jsonl', 'in.trec', 'q.jsonl'];
      while (child.exitCode === null && !readdirSync(folder).some((name) => name.endsWith('.tmp')))
        await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGINT');
      const { code, out } = await outcome;
      expect([code, out]).toEqual([130, '']);
      expect(readdirSync(folder).sort()).toEqual(before);
      expect(existsSync(join(folder, 'out.trec'))).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32')('a full disk ends it with 1 and leaves no file', async () => {
    // No file may grow beyond 4 KB, as on a disk with no more room; the run takes about 60.
    const argv = [bin, 'rerank', ...files('out.trec'), '--depth', '1'];
    const command = [process.execPath, ...argv].map((word) => JSON.stringify(word)).join(' ');
    const child = spawn('bash', ['-c', `ulimit -f 4; ${command}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(err).toContain('Cannot write');
    expect(code).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['c.jsonl', 'in.trec', 'q.jsonl']);
  });

  it.skipIf(process.platform === 'win32')('Ctrl-C while it waits for input ends it with 130', async () => {
    const { child, outcome } = start(['rerank', '-q', 'x']);
    // More than a pipe holds: once it is gone, the command is up and reading.
    await new Promise((resolve) => child.stdin!.write('a line\n'.repeat(100_000), resolve));
    child.kill('SIGINT');
    expect(await outcome).toEqual({ code: 130, out: '', err: '' });
  });
});

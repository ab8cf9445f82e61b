import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DoctorReport, examine } from '../../src/doctor/report.ts';
import { start } from '../run.ts';

const command = fileURLToPath(new URL('../../bin/secondpass.js', import.meta.url));
const tiny = fileURLToPath(new URL('../../../core/test/models/tiny/one', import.meta.url));
const run = (args: readonly string[], env: Record<string, string> = {}): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [command, 'doctor', ...args], { encoding: 'utf8', env: { ...process.env, ...env } });

describe('secondpass doctor', { timeout: 120_000 }, () => {
  it('ends well on any machine and prints a page with every device the runtime knows', () => {
    const { status, stdout, stderr } = run(['--model', tiny]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/onnxruntime-node +\d+\.\d+\.\d+ in /);
    expect(stdout).toMatch(/cpu +yes +logit -?\d+\.\d{4}; .* a pair/);
    expect(stdout).toContain('webgpu');
  });

  it('prints one JSON object, without the token', () => {
    const { status, stdout } = run(['--model', tiny, '--json'], { HF_TOKEN: 'hf_secret', HF_HOME: tmpdir() });
    const report = JSON.parse(stdout) as DoctorReport;
    expect(status).toBe(0);
    expect(stdout).not.toContain('hf_secret');
    expect(report.hub).toMatchObject({ token: true });
    const cpu = report.devices.find(({ device }) => device === 'cpu')!;
    expect(Number.isFinite(cpu.logit)).toBe(true);
    for (const { logit, reason } of report.devices) expect(logit === undefined ? reason : logit).toBeDefined();
    for (const { reason = '' } of report.devices) expect(reason).not.toMatch(/\.cc:\d|\s$/);
  });

  it('says what is wrong with a model that cannot be loaded, and still ends well', () => {
    const { status, stdout } = run(['--model', './nowhere']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Problem.*nowhere.*does not exist/s);
  });

  const nowhere = join(tmpdir(), 'secondpass-nowhere', 'model');
  it('reports a model that cannot be loaded once, and gives no advice on devices', () => {
    const { stdout } = run(['--model', nowhere]);
    expect(stdout.match(/does not exist/g)).toHaveLength(1);
    expect(stdout).not.toMatch(/^→|Devices|NVIDIA|WebGPU|The CPU is all/m);
    const report = JSON.parse(run(['--model', nowhere, '--json']).stdout) as DoctorReport;
    expect(report.model).toMatchObject({ found: false, name: nowhere });
    expect(report.devices.map(({ device }) => device)).toEqual(['cpu']);
    expect(report.advice).toEqual([]);
  });

  it('downloads nothing', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const home = mkdtempSync(join(tmpdir(), 'secondpass-doctor-'));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { HF_ENDPOINT: endpoint, HF_HOME: home, HF_HUB_OFFLINE: '0' };
    const { outcome } = start(['doctor', '--model', 'someone/some-reranker'], { env });
    const { code, out } = await outcome;
    server.close();
    expect(code).toBe(0);
    expect(asked).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /Problem .*someone\/some-reranker.*is not in .* The doctor downloads nothing/,
    );
    expect(out).not.toContain('offline mode');
    rmSync(home, { recursive: true });
  });

  it('names settings of the hub that cannot be used, without the password in them', () => {
    const { status, stdout } = run(['--model', tiny], { HF_ENDPOINT: 'https://user:secret@mirror.example' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/Problem.*mirror\.example.*credentials/s);
    expect(stdout).not.toContain('secret');
  });

  it('reports nothing when it is interrupted: the model is not to blame', async () => {
    const stop = new AbortController();
    await expect(examine(tiny, stop.signal, () => stop.abort(new Error('Interrupted.')))).rejects.toThrow(
      'Interrupted.',
    );
  });

  it('refuses what it does not know', () => {
    expect(run(['--probe', 'gpu']).status).toBe(2);
    expect(run(['extra']).status).toBe(2);
  });
});

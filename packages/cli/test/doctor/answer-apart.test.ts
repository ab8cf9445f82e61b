import { describe, expect, it } from 'vitest';
import { answerApart } from '../../src/doctor/answer-apart.ts';

const program = (source: string, timeoutMs = 60_000): ReturnType<typeof answerApart> =>
  answerApart(['-e', source], { timeoutMs, signal: new AbortController().signal });

describe('answerApart', () => {
  it('gives the line of JSON', async () => {
    expect(await program(`console.log('driver says hello'); console.log('{"a":1}')`)).toEqual({ line: '{"a":1}' });
  });

  it('counts its own timeout as such, however the process takes it', async () => {
    const stubborn = `process.on('SIGTERM', () => process.exit(130)); setInterval(() => {}, 1000)`;
    expect(await program(stubborn, 1500)).toEqual({ reason: 'no answer within 1.5 s', timedOut: true });
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
    expect(await program(deaf, 1500)).toEqual({ reason: 'no answer within 1.5 s', timedOut: true });
  });

  it('tells how a process ended that did not answer', async () => {
    expect(await program('process.exit(3)')).toEqual({ reason: 'the process ended (exit code 3) before it answered' });
    expect(await program(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`)).toEqual({
      reason: 'the process ended (SIGKILL) before it answered',
    });
  });
});

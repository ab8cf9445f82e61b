import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openResults, probe, tune } from '@secondpass/core/evaluate';
import { asked, given, scorer, system } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'secondpass-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the results file', () => {
  const key = { inputs: 'abc', depths: [5, 10, 20, 40] };
  const path = join(folder, 'results.jsonl');

  it('goes on after an interruption where it was, even if the last line was cut off', async () => {
    const stop = new AbortController();
    const first = await openResults(path, key);
    const interrupted = tune(
      given([system('able', 0.9)], {
        store: first,
        signal: stop.signal,
        onProgress: (done) => done === 30 && stop.abort(new Error('Ctrl-C')),
      }),
    );
    await expect(interrupted).rejects.toThrow('Ctrl-C');
    await first.close();
    truncateSync(path, readFileSync(path).length - 25);
    asked.pairs = 0;
    const second = await openResults(path, key);
    const resumed = await tune(given([system('able', 0.9)], { store: second }));
    await second.close();
    expect(asked.pairs).toBe((80 - 29) * 40);
    const whole = await tune(given([system('able', 0.9)]));
    expect(resumed.settings.map(({ name, quality }) => [name, quality])).toEqual(
      whole.settings.map(({ name, quality }) => [name, quality]),
    );
    asked.pairs = 0;
    const third = await openResults(path, key);
    expect(await tune(given([system('able', 0.9)], { store: third }))).toEqual(resumed);
    expect((await tune(given([system('able', 0.9)], { store: third, timeMs: 0.001 }))).queries.used).toBe(80);
    await third.close();
    expect(asked.pairs).toBe(0);
  });

  it('does not take the scores of other weights of the same name', async () => {
    const file = join(folder, 'weights.jsonl');
    for (const [skill, perQuery] of [
      [0.9, 40],
      [0.9, 0],
      [0.1, 40],
    ] as const) {
      const store = await openResults(file, key);
      asked.pairs = 0;
      const one = { ...system('same', skill), revision: await probe(scorer('same', skill)) };
      const before = asked.pairs;
      await tune(given([one], { store }));
      await store.close();
      expect((asked.pairs - before) / 80).toBe(perQuery);
    }
  });

  it('drops a last line that was cut off anywhere, inside a character too', async () => {
    const cut = join(folder, 'cut.jsonl');
    const opened = await openResults(cut, key);
    await opened.append('s', 'frage', { scores: [1], stepMs: [1] });
    const kept = readFileSync(cut).length;
    await opened.append('s', 'übung €😀', { scores: [1], stepMs: [1] });
    await opened.close();
    const whole = readFileSync(cut);
    for (let length = whole.length - 2; length >= kept; length--) {
      writeFileSync(cut, whole.subarray(0, length));
      const again = await openResults(cut, key);
      await again.close();
      expect([...again.known.get('s')!.keys()]).toEqual(['frage']);
      expect(readFileSync(cut)).toEqual(whole.subarray(0, kept));
    }
    writeFileSync(cut, Buffer.concat([whole.subarray(0, kept), Buffer.from([0xff, 0x0a]), whole.subarray(kept)]));
    await expect(openResults(cut, key)).rejects.toThrow('not UTF-8');
  });

  it('takes a last line without its line end, and refuses a file of other inputs or of something else', async () => {
    const other = join(folder, 'other.jsonl');
    const opened = await openResults(other, key);
    await opened.append('s', 'q', { scores: [1, null], stepMs: [2], warm: true });
    await opened.close();
    truncateSync(other, readFileSync(other).length - 1);
    const again = await openResults(other, key);
    expect(again.known.get('s')!.get('q')).toEqual({ scores: [1, null], stepMs: [2], warm: true });
    await again.append('s', 'q2', { scores: [], stepMs: [] });
    await again.close();
    expect(readFileSync(other, 'utf8').split('\n')).toHaveLength(4);
    await expect(openResults(other, { ...key, inputs: 'abd' })).rejects.toThrow(
      'another run or other scores in it, other texts or other depths',
    );
    writeFileSync(join(folder, 'run.trec'), '1 Q0 a 1 2 t\n');
    await expect(openResults(join(folder, 'run.trec'), key)).rejects.toThrow('no results file');
    expect(readFileSync(join(folder, 'run.trec'), 'utf8')).toBe('1 Q0 a 1 2 t\n');
    appendFileSync(join(folder, 'some.jsonl'), '{"a":1}\n');
    await expect(openResults(join(folder, 'some.jsonl'), key)).rejects.toThrow('no results file');
  });
});

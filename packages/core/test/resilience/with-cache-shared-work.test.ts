import { withCache } from '@secondpass/core';
import { expect, test, vi } from 'vitest';
import { caught, countedSignal } from './support.ts';

import { counting, doc, turn } from './counting-scorer.ts';

test('calls at the same time share their work, and one that fails or aborts takes nobody along', async () => {
  const ends: { pass: () => void; fail: (e: unknown) => void }[] = [];
  const gate = () => new Promise<void>((pass, fail) => ends.push({ pass, fail }));
  const { scorer, asked } = counting({ gate });
  const cached = withCache(scorer);
  const first = cached.score('q', [doc('a'), doc('bb')]);
  const second = cached.score('q', [doc('bb')]);
  await turn();
  expect(asked).toEqual(['q|a', 'q|bb']);
  ends[0]!.pass();
  await first;
  expect(await second).toMatchObject({ value: { scores: [2] }, run: { usage: { pairs: 0, cached: 1 } } });

  const failing = caught(cached.score('q', [doc('ccc')]));
  const left = cached.score('q', [doc('ccc')]);
  await turn();
  ends[1]!.fail(new Error('lost'));
  expect(await failing).toMatchObject({ message: 'lost' });
  await turn();
  ends[2]!.pass();
  expect((await left).value.scores).toEqual([3]);

  const { controller, listeners } = countedSignal();
  const leader = cached.score('q', [doc('dddd')]);
  const impatient = caught(cached.score('q', [doc('dddd')], { signal: controller.signal }));
  await turn();
  controller.abort('enough');
  expect(await impatient).toBe('enough');
  expect(listeners()).toBe(0);
  ends[3]!.pass();
  await leader;
});

test('when the call that all wait for is given up, one of them takes its place and the others wait for it', async () => {
  const ends: { pass: () => void; fail: (e: unknown) => void }[] = [];
  const { scorer, asked } = counting({ gate: () => new Promise<void>((pass, fail) => ends.push({ pass, fail })) });
  const cached = withCache(scorer);
  const list = [doc('a'), doc('bb')];
  const leader = caught(cached.score('q', list));
  const waiting = Array.from({ length: 4 }, () => cached.score('q', list));
  await turn();
  ends[0]!.fail('given up');
  expect(await leader).toBe('given up');
  await turn();
  expect(asked).toHaveLength(4);
  ends[1]!.pass();
  const answers = await Promise.all(waiting);
  expect(asked).toHaveLength(4);
  expect(answers.map(({ value }) => value.scores)).toEqual(Array.from({ length: 4 }, () => [1, 2]));
  expect(answers.map(({ run }) => run!.usage!.cached)).toEqual([0, 2, 2, 2]);
});

test('nobody waits for a third call: where a scorer keeps failing, failures do not queue up', async () => {
  const ends: (() => void)[] = [];
  const { scorer } = counting({ gate: () => new Promise<void>((_, fail) => ends.push(() => fail('down'))) });
  const cached = withCache(scorer);
  const calls = Array.from({ length: 6 }, () => caught(cached.score('q', [doc('a')])));
  for (const started of [1, 2, 6]) {
    await turn();
    expect(ends).toHaveLength(started);
    for (const end of ends) end();
  }
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 6 }, () => 'down'));
});

test('what could not be scored is not asked again when others are done', async () => {
  const ends: (() => void)[] = [];
  const gate = () => new Promise<void>((pass) => void ends.push(pass));
  const { scorer, asked } = counting({ skip: '?', gate });
  const cached = withCache(scorer);
  const leader = cached.score('q', [doc('a')]);
  const both = cached.score('q', [doc('?'), doc('a')]);
  await turn();
  ends[1]!();
  await turn();
  ends[0]!();
  expect((await both).value.scores).toEqual([undefined, 1]);
  await leader;
  expect(asked).toEqual(['q|a', 'q|?']);
});

test('a call that fails late leaves to others what is being scored again meanwhile', async () => {
  const ends: { pass: () => void; fail: (e: unknown) => void }[] = [];
  const { scorer, asked } = counting({ gate: () => new Promise<void>((pass, fail) => ends.push({ pass, fail })) });
  const cached = withCache(scorer);
  const leader = caught(cached.score('q', [doc('a')]));
  const impatient = cached.score('q', [doc('a')], { deadline: Date.now() });
  await vi.waitFor(() => expect(ends).toHaveLength(2), { timeout: 5000 });
  ends[0]!.fail('lost');
  expect(await leader).toBe('lost');
  const patient = cached.score('q', [doc('a')]);
  await turn();
  expect(asked).toEqual(['q|a', 'q|a']);
  ends[1]!.pass();
  expect((await impatient).value.scores).toEqual([1]);
  expect((await patient).value.scores).toEqual([1]);
});

test('who waited leaves no timer behind that would keep a process alive', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const ends: (() => void)[] = [];
    const { scorer } = counting({ gate: () => new Promise<void>((pass) => void ends.push(pass)) });
    const cached = withCache(scorer);
    const calls = [1, 2].map(() => cached.score('q', [doc('a')], { deadline: Date.now() + 60_000 }));
    await turn();
    ends[0]!();
    await Promise.all(calls);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a short call does not wait for a long one that happens to score one of its candidates', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  let calls = 0;
  const { scorer, asked } = counting({ gate: async () => void (calls++ === 0 && (await gate)) });
  const cached = withCache(scorer);
  const long = cached.score(
    'q',
    [...'abcde'].map((text) => doc(text)),
  );
  await turn();
  expect((await cached.score('q', [doc('a'), doc('zz')])).run!.usage).toMatchObject({ pairs: 2, cached: 0 });
  const alike = cached.score('q', [doc('b'), doc('c'), doc('yy')]);
  await turn();
  open();
  await long;
  expect((await alike).run!.usage).toMatchObject({ pairs: 1, cached: 2 });
  expect(asked).toEqual(['q|a', 'q|b', 'q|c', 'q|d', 'q|e', 'q|a', 'q|zz', 'q|yy']);
});

test('who waits for another call waits no longer than to the own deadline', async () => {
  const gates: (() => void)[] = [];
  const { scorer } = counting({ gate: () => new Promise((resolve) => void gates.push(resolve)) });
  const cached = withCache(scorer);
  const leader = cached.score('q', [doc('a')]);
  const late = cached.score('q', [doc('a')], { deadline: Date.now() + 20 });
  await vi.waitFor(() => expect(gates).toHaveLength(2), { timeout: 5000 }); // The scorer is told itself, with the deadline, and answers as it does at deadlines.
  for (const open of gates) open();
  expect((await late).value.scores).toEqual([1]);
  await leader;
});

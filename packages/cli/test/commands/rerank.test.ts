import { loadReranker } from '@secondpass/core/models';
import { describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';
import { lines, query, useRerankFolder } from './rerank-folder.ts';

useRerankFolder();

describe('secondpass rerank, lines', () => {
  it('prints every line once, best first, with the scores that the library gives', async () => {
    const { code, out, err } = await runMain(['rerank', '--query', query], { input: lines.join('\r\n') });
    expect([code, err]).toEqual([0, '']);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    await using model = await loadReranker();
    const { results } = await model.rerank(
      query,
      lines.map((content, index) => ({ id: String(index), content })),
    );
    expect(rows).toEqual(results.map(({ candidate, score }) => [score!.value.toFixed(4), candidate.content]));
    expect(rows[0]![1]).toBe(lines[1]);
  });

  it('gives JSON lines back character by character, in order, with one field added', async () => {
    const records = [
      '{"id":"a","text":"Berlin is the capital of Germany.","big":12345678901234567890,"nested":{"x":[1,2]}}',
      '{"text": "Paris is the capital of France.", "id": 7, "title": "France", "\\u0061": 1.0 }',
      '{"contents":"The Louvre is a museum."}',
    ];
    const { code, out } = await runMain(['rerank', '-q', query], { input: `\uFEFF${records.join('\n\n')}\n` });
    expect(code).toBe(0);
    const first = out.split('\n')[0]!;
    expect(first.startsWith(`${records[1]!.slice(0, -2)},"_secondpass":{"rank":1,"originalRank":2,"score":`)).toBe(
      true,
    );
    expect(out).toContain('"big":12345678901234567890,"nested":{"x":[1,2]},"_secondpass"');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Record<string, { rank: number }>)['_secondpass']!.rank),
    ).toEqual([1, 2, 3]);
  });

  it('renews what it added, where it reads its own lines', async () => {
    const input = '{"text":"Berlin is in Germany.","n":1.0}\n{"text":"Paris is the capital of France.","n":2.0}\n';
    const once = (await runMain(['rerank', '-q', query], { input })).out;
    const twice = (await runMain(['rerank', '-q', query], { input: once })).out;
    expect(twice.match(/_secondpass/g)).toHaveLength(2);
    const ranks = (out: string): string[] => out.match(/"originalRank":\d/g)!.map((rank) => rank.at(-1)!);
    expect([ranks(once), ranks(twice)]).toEqual([
      ['2', '1'],
      ['1', '2'],
    ]);
    expect(twice.replaceAll(/"originalRank":\d/g, '')).toBe(once.replaceAll(/"originalRank":\d/g, ''));
  });

  it('--json prints one object and nothing else; --top keeps the best', async () => {
    const { code, out, err } = await runMain(['rerank', '-q', query, '--json', '--top', '2'], {
      input: lines.join('\n'),
    });
    expect([code, err]).toEqual([0, '']);
    const answer = JSON.parse(out) as {
      query: string;
      results: { id: string; rank: number; originalRank: number; score: number; text: string }[];
      runs: { device: string }[];
    };
    expect(answer.query).toBe(query);
    expect(answer.results).toHaveLength(2);
    expect(answer.results[0]).toMatchObject({ id: '2', rank: 1, originalRank: 2, text: lines[1] });
    expect(answer.results[0]!.score).toBeGreaterThan(answer.results[1]!.score);
    expect(answer.runs[0]).toMatchObject({ device: 'cpu', model: '@secondpass/model-mini-en' });
  });

  it('an empty input gives nothing, and says so', async () => {
    const { code, out, err } = await runMain(['rerank', '-q', query], { input: '\n \n' });
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('no lines');
  });

  it.each<[string[], string, number, string]>([
    [['rerank'], '', 2, 'needs --query'],
    [['rerank', '-q', ' '], 'x', 2, 'is empty'],
    [['rerank', '-q', '\u200b'], 'x', 2, '--query is empty'],
    [['rerank', '-q', 'x', 'file.txt'], '', 2, '< file.txt'],
    [['rerank', '-q', 'x', '--depth', '3'], 'x', 2, '--queries and --corpus and --run and --output'],
    [['rerank', '-q', 'x', '--top', 'all'], 'x', 2, 'whole number'],
    [['rerank', '-q', 'x', '--format', 'csv'], 'x', 2, 'lines or jsonl'],
    [
      ['rerank', '-q', 'x'],
      '{"text":"a"}\nplain',
      1,
      'Line 2 of the input is not a JSON object, as the first line was',
    ],
    [['rerank', '-q', 'x', '--format', 'jsonl'], 'plain', 1, 'not a JSON object, as --format jsonl says: "plain".'],
    [['rerank', '-q', 'x', '--format', 'jsonl'], '{"id":1}', 1, 'If the lines are plain text, leave it out.'],
    [['rerank', '-q', 'x'], '{"text":"a"}\n{"id":1}', 1, 'Line 2 of the input has no "text"'],
    [['rerank', '-q', 'x', '--model', './nowhere'], 'x', 1, 'does not exist'],
    [['rerank', '-q', 'x', '--model', 'no-such-package'], 'x', 1, 'no-such-package'],
  ])('%j is an error in a sentence, without a stack', async (argv, input, code, message) => {
    const outcome = await runMain(argv, { input });
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toContain(message);
    expect(outcome.err).toMatch(/^secondpass: /);
    expect(outcome.err).not.toMatch(/\n\s+at /);
  });

  it('reads lines that look like JSON as text when told to', async () => {
    const { out } = await runMain(['rerank', '-q', 'x', '--format', 'lines'], { input: '{"no": "text"}' });
    expect(out.split('\t')[1]).toBe('{"no": "text"}\n');
  });

  it('keeps escape sequences of the input from a terminal, and passes them on into a pipe', async () => {
    const input = 'red \u001b[31mtext';
    expect((await runMain(['rerank', '-q', 'red'], { input, isTTY: true, env: { NO_COLOR: '1' } })).out).not.toContain(
      '\u001b[31m',
    );
    expect((await runMain(['rerank', '-q', 'red'], { input })).out).toContain(input);
  });
});

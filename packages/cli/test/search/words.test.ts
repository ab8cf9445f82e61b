import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt, termsOf } from '../../src/search/excerpt.ts';
import type { SearchReport } from '../../src/search/report.ts';
import { indexWords, wordsIn } from '../../src/search/words.ts';
import { runMain } from '../run.ts';

describe('words', () => {
  it.each([
    ['plain words, foo_bar and v1.2', ['plain', 'words', 'and', 'foo', 'bar', 'v1', '2']],
    ['如何取消请求？', ['如何', '取消', '请求']],
    ['東京の天気', ['東京', 'の', '天気']],
    ['การยกเลิกคำขอ', ['การ', 'ยกเลิก', 'คำขอ']],
    ['Node.jsの設定', ['Node', 'js', 'の', '設定']],
  ])('%s is indexed as %j', (text, words) => {
    expect(indexWords(text).toSorted()).toEqual(words.toSorted());
  });

  it('stand where they are said to, and none is longer than the text', () => {
    const script = fc.constantFrom(
      '取',
      '消',
      '请',
      '求',
      'の',
      'ト',
      'ラ',
      'イ',
      'ก',
      'ำ',
      'a',
      'Z',
      '_',
      ' ',
      '。',
      '1',
    );
    fc.assert(
      fc.property(fc.string({ unit: script, maxLength: 500 }), (text) => {
        let end = 0;
        for (const { word, at } of wordsIn(text)) {
          expect(at).toBeGreaterThanOrEqual(end);
          expect(text.startsWith(word, at)).toBe(true);
          end = at + word.length;
        }
      }),
    );
  });

  it('take time that grows with the length of a text without spaces', () => {
    const started = performance.now();
    expect(indexWords('取消请求时会抛出错误'.repeat(50_000)).length).toBeGreaterThan(50_000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('are found by an excerpt in a text without spaces', () => {
    const text = `${'这里没有什么重要的内容。'.repeat(60)}取消请求时会抛出错误。${'还有别的内容。'.repeat(60)} 完`;
    expect(excerpt(text, termsOf('如何取消请求?'), 60)).toMatch(/^….{0,70}取消请求/);
  });
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-words-'));
  writeFileSync(join(folder, 'zh.md'), '# 指南\n\n取消请求时会抛出错误。使用信号来取消正在运行的任务。\n');
  writeFileSync(join(folder, 'ja.md'), '# 天気\n\n東京の天気は晴れです。\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('secondpass search', () => {
  it.each([
    ['如何取消请求？', 'zh.md'],
    ['東京都の天気はどうですか', 'ja.md'],
  ])('%s finds %s', async (question, file) => {
    const { out } = await runMain(['search', '.', '-q', question, '--no-rerank', '--json'], { cwd: folder });
    const [report] = (JSON.parse(out) as { results: SearchReport[] }).results;
    expect(report!.before[0]?.file).toBe(file);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondpass-misplaced-'));
  mkdirSync(join(folder, 'my notes'));
  for (const path of ['docs.md', 'my notes/a.md']) writeFileSync(join(folder, path), 'Bread is baked from flour.\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a question that is not where it belongs', () => {
  it.each<[string[], string]>([
    [['search', 'How is bread baked?', 'docs.md'], 'secondpass search docs.md --query "How is bread baked?"'],
    [['search', 'docs.md', 'how to bake'], 'secondpass search docs.md --query "how to bake"'],
    [['search', 'docs.md', 'How', 'to', 'bake?'], 'secondpass search docs.md --query "How to bake?"'],
    [['search', 'docs.md', '-q', 'How', 'to', 'bake?'], 'secondpass search docs.md --query "How to bake?"'],
    [['search', 'my notes', 'why?'], `secondpass search "my notes" --query "why?"`],
    [['search', 'a $HOME "b"?', 'docs.md'], `secondpass search docs.md --query 'a $HOME "b"?'`],
    [['search', "isn't `x` so?", 'docs.md'], `secondpass search docs.md --query 'isn'\\''t \`x\` so?'`],
    [['search', 'How is bread baked?'], 'secondpass search FOLDER --query "How is bread baked?"'],
    [['explain', 'docs.md', 'How is bread baked?'], 'secondpass explain "How is bread baked?" docs.md'],
    [['explain', 'How', 'to', 'bake?', 'docs.md'], 'secondpass explain "How to bake?" docs.md'],
    [['explain', 'docs.md', '-q', 'How', 'to', 'bake?'], 'secondpass explain "How to bake?" docs.md'],
  ])('%j: says how it is written', async (argv, suggestion) => {
    const { code, out, err } = await runMain(argv, { cwd: folder });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`: ${suggestion}\n`);
  });

  it.each<[string[], number, string]>([
    [['search', 'nowhere'], 2, 'secondpass search nowhere --query "…"'],
    [['search', 'docs.md', '-q', 'How to bake?', 'nowhere'], 1, 'no file or folder "nowhere"'],
    [['search', 'docs.md', 'file?.md', '-q', 'bake'], 1, 'no file or folder "file?.md"'],
    [['explain', 'How to bake?', 'docs.md', 'nowhere'], 1, 'no file or folder "nowhere"'],
    [['explain', 'why?', 'nowhere'], 1, 'no file or folder "nowhere"'],
    [['explain', '-q', ' ', 'docs.md'], 2, 'is empty'],
    [['explain', '-q', 'why?'], 2, 'needs a question and a folder'],
    [['explain', '-q', 'why?', '-q', 'how?', 'docs.md'], 2, 'given twice'],
  ])('%j: a path that is not there is only that', async (argv, code, message) => {
    const outcome = await runMain(argv, { cwd: folder });
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toContain(message);
  });

  it('explain takes it by --query, too', async () => {
    const argv = ['explain', 'docs.md', '--json', '--no-hops'];
    const question = 'How is bread baked?';
    for (const given of [
      ['--query', question],
      ['-q', question],
    ]) {
      const { code, out } = await runMain([...argv, ...given], { cwd: folder });
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ question, candidates: 1 });
    }
  });
});

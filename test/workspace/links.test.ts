// What the documents point to is there: files, folders and headings, and the tests that bad-input.md names.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const documents = [
  join(root, 'README.md'),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join(root, 'docs', file)),
  ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'README.md')),
].filter((file) => file.endsWith('.md') && existsSync(file));

/** A document without its blocks of code. */
const proseOf = (file: string): string => readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** The anchors of its headings, as GitHub makes them. */
const anchorsOf = (file: string): string[] =>
  Array.from(proseOf(file).matchAll(/^#+ (.+)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('every link within the repository leads somewhere', () => {
  const broken = documents.flatMap((file) =>
    Array.from(proseOf(file).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#');
        const to = path ? join(dirname(file), path) : file;
        if (!existsSync(to)) return true;
        return anchor !== undefined && !anchorsOf(to).includes(anchor);
      })
      .map((target) => `${relative(root, file)}: ${target}`),
  );
  expect(documents.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

test('the tests that docs/bad-input.md names are there', () => {
  const named = proseOf(join(root, 'docs/bad-input.md')).match(/\b(?:packages|test)\/[\w./-]+\.test\.ts\b/g) ?? [];
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

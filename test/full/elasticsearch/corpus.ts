import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One real text, and around it the kinds of fields that searches filter, collapse and decay by. */
export interface Doc {
  readonly title: string;
  readonly body: string;
  /** Absent in every 17th document. */
  readonly summary?: string;
  readonly group: string;
  readonly number: number;
  readonly published: string;
  /** Absent in every 7th document. */
  readonly clicks?: number;
  readonly tags: readonly string[];
  readonly meta: { readonly source: string; readonly words: number };
  readonly chunks: readonly { readonly text: string }[];
  readonly vector: readonly number[];
}

export interface Query {
  readonly id: string;
  readonly text: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const scifact = fileURLToPath(new URL('../../../../shared/data/scifact', import.meta.url));
const wanted = 5000;

/** Where the documents come from: SciFact beside the repository, else the documentation of installed packages. */
export const corpusName: string = existsSync(scifact)
  ? 'SciFact'
  : 'documentation of installed packages, since ../shared is absent';

/** 5,000 real documents. */
export function readDocs(): Doc[] {
  const texts = existsSync(scifact)
    ? lines(join(scifact, 'corpus.jsonl')).map(({ title, text }) => ({ title: title!, body: text! }))
    : installedDocs();
  return texts.slice(0, wanted).map(({ title, body }, number) => {
    const sentences = body.split(/(?<=[.!?])\s+/u).filter((text) => text.length > 20);
    return {
      title,
      body,
      ...(number % 17 !== 0 && { summary: sentences[0] ?? body }),
      group: `g${number % 40}`,
      number,
      published: new Date(Date.UTC(2020, 0, 1) + (number % 1500) * 86_400_000).toISOString(),
      ...(number % 7 !== 0 && { clicks: (number * 7919) % 1000 }),
      tags: [`t${number % 5}`, `u${number % 3}`],
      meta: { source: corpusName, words: body.split(/\s+/u).length },
      chunks: sentences.slice(0, 4).map((text) => ({ text })),
      vector: vectorOf(`${title} ${body}`),
    };
  });
}

/** Questions to the documents: SciFact's own, or the first words of some documents. */
export function readQueries(docs: readonly Doc[], count: number): Query[] {
  const queries = existsSync(scifact)
    ? lines(join(scifact, 'queries.jsonl')).map(({ _id, text }) => ({ id: _id!, text: text! }))
    : docs
        .filter(({ number, meta }) => number % 11 === 0 && meta.words > 15)
        .map(({ body, number }) => ({
          id: `${number}`,
          text: (body.match(/\p{L}{2,}/gu) ?? []).slice(0, 12).join(' '),
        }));
  return [...new Map(queries.map((query) => [query.text.toLowerCase(), query])).values()].slice(0, count);
}

/** A bag of hashed words in 32 dimensions, of length 1: crude, deterministic, and closer for texts that share words. */
export function vectorOf(text: string): number[] {
  const bag = Array.from({ length: 32 }, () => 0.01);
  for (const word of text.toLowerCase().match(/\p{L}{4,}/gu) ?? []) {
    let hash = 0;
    for (const letter of word.slice(0, 6)) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
    bag[hash % 32]! += 1;
  }
  const length = Math.hypot(...bag);
  return bag.map((value) => value / length);
}

function lines(file: string): Record<string, string>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);
}

/** Paragraphs of the Markdown and of the doc comments that installed packages bring. */
function installedDocs(): { title: string; body: string }[] {
  const store = join(root, 'node_modules', '.pnpm');
  const found = new Map<string, string>();
  const add = (title: string, text: string): void => {
    const body = text.replace(/\s+/gu, ' ').trim();
    if (body.length > 60 && body.length < 2000) found.set(body, title);
  };
  const types = join(root, 'node_modules', '@elastic', 'elasticsearch', 'lib', 'api', 'types.d.ts');
  for (const [, comment, name] of readFileSync(types, 'utf8').matchAll(
    /\/\*\*([\s\S]*?)\*\/\s*(?:export \w+ )?(\w+)/gu,
  )) {
    add(name!, comment!.replace(/^\s*\*/gmu, ''));
  }
  for (const owner of readdirSync(store).sort()) {
    const folder = join(store, owner, 'node_modules');
    if (found.size > wanted || !existsSync(folder)) continue;
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!file.endsWith('.md')) continue;
      const [title = file, ...paragraphs] = readFileSync(join(folder, file), 'utf8').split(/\n\s*\n/u);
      for (const paragraph of paragraphs) add(title.replace(/^#+\s*/u, '').slice(0, 80), paragraph);
    }
  }
  return [...found].map(([body, title]) => ({ title, body }));
}

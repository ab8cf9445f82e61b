import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, normalize, relative, resolve, sep } from 'node:path';
import { SecondpassError } from '@secondpass/core';

/** A file to read, and how it is shown: relative to the current folder if it is below it, with `/` on every system. */
export interface FoundFile {
  readonly path: string;
  readonly shown: string;
  /** True if the caller named this very file: then its ending does not matter. */
  readonly named: boolean;
}
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** What was left aside, in words, for a person: `3 symbolic links not followed`. */
  readonly leftAside: readonly string[];
}

const endings = new Set([
  '.txt',
  '.text',
  '.md',
  '.mdx',
  '.markdown',
  '.mkd',
  '.html',
  '.htm',
  '.xhtml',
  '.rst',
  '.adoc',
  '.asciidoc',
  '.org',
]);
const bareNames =
  /^(?:readme|changelog|changes|history|news|license|licence|notice|authors|contributing|copying|install|faq)$/i;

/** True for names that hold text for people: by ending, or README and its kin without one. */
export function isDocumentName(name: string): boolean {
  return endings.has(extname(name).toLowerCase()) || bareNames.test(name);
}

/**
 * The files to search, in a stable order, each once, whatever leads there; what is left aside is counted once, too.
 * Inside a folder: documents only, `node_modules` and names that start with a dot are passed over, and symbolic links
 * are not followed, so there are no loops and nothing outside the folder is read. What is named itself is always taken.
 * @throws SecondpassError `invalid-argument` if a named path does not exist
 */
export async function findFiles(paths: readonly string[], cwd: string, signal?: AbortSignal): Promise<FoundFiles> {
  // All by their real paths; a link, which has none of its own, by that of its folder.
  const found = new Map<string, FoundFile>();
  const walked = new Set<string>();
  const others = new Set<string>();
  const links = new Set<string>();
  const named = new Set<string>();
  const unreadable: string[] = [];
  const show = (path: string): string => {
    const below = relative(cwd, path);
    const outside = below === '..' || below.startsWith(`..${sep}`);
    return (outside || below === '' ? path : below).split(sep).join('/');
  };
  const take = (path: string, real: string, named: boolean): void => {
    const before = found.get(real);
    found.set(real, { path, shown: show(path), ...before, named: named || before?.named === true });
  };
  const walk = async (folder: string, real: string): Promise<void> => {
    signal?.throwIfAborted();
    if (walked.has(real)) return;
    walked.add(real);
    const entries = [];
    try {
      for await (const entry of await opendir(folder)) entries.push(entry);
    } catch (cause) {
      unreadable.push(`${show(folder)} (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'})`);
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const [path, own] = [join(folder, entry.name), join(real, entry.name)];
      if (entry.isSymbolicLink()) links.add(own);
      else if (entry.isDirectory()) await walk(path, own);
      else if (entry.isFile() && isDocumentName(entry.name)) take(path, own, false);
      else others.add(own);
    }
  };
  for (const given of paths) {
    const path = resolve(cwd, normalize(given));
    const status = await stat(path).catch((cause: NodeJS.ErrnoException) => cause);
    if (status instanceof Error) {
      const fact =
        status.code === 'ENOENT'
          ? `There is no file or folder "${given}"`
          : `"${given}" cannot be read (${status.code})`;
      throw new SecondpassError('invalid-argument', `${fact} (looked for ${path}).`, { cause: status });
    }
    if (!status.isDirectory() && !status.isFile())
      throw new SecondpassError('invalid-argument', `"${basename(path)}" is neither a file nor a folder.`);
    const real = await realpath(path);
    named.add(join(await realpath(dirname(path)), basename(path)));
    if (status.isDirectory()) await walk(path, real);
    else take(path, real, true);
  }
  const strange = [...others].filter((path) => !found.has(path));
  const unfollowed = [...links].filter((path) => !named.has(path));
  const leftAside = [
    ...(strange.length > 0
      ? [`${strange.length} file(s) that are not text, Markdown or HTML by name${endingsOf(strange)}`]
      : []),
    ...(unfollowed.length > 0 ? [`${unfollowed.length} symbolic link(s), not followed`] : []),
    ...unreadable.map((path) => `unreadable folder ${path}`),
  ];
  return { files: [...found.values()], leftAside };
}

/** The three most frequent endings of these names, in brackets: ` (.pdf, .docx)`. */
function endingsOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const ending = extname(name).toLowerCase();
    if (ending !== '') counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const frequent = [...counts].toSorted(([, a], [, b]) => b - a).map(([ending]) => ending);
  if (frequent.length === 0) return '';
  return ` (${frequent.slice(0, 3).join(', ')}${frequent.length > 3 ? ', …' : ''})`;
}

import { basename } from 'node:path';

/**
 * A run is called by its file, without the ending; by its path where two files are called alike; numbered where a path
 * is given twice.
 */
export function nameRuns(paths: readonly string[]): string[] {
  const short = paths.map((path) =>
    basename(path)
      .replace(/\.gz$/i, '')
      .replace(/\.(trec|run|txt|jsonl|tsv)$/i, ''),
  );
  const names = short.map((name, index) => (short.indexOf(name) === short.lastIndexOf(name) ? name : paths[index]!));
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name}#${index + 1}`));
}

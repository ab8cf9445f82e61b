import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectDocumentation } from '../demo/collect-documentation.mjs';

/** The demo's documents, the Markdown of the installed packages, cut at headings: `{ title, body }`. */
export function readDocuments(limit = 6000) {
  const folder = collectDocumentation(fileURLToPath(new URL('../..', import.meta.url)));
  const documents = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.md')) continue;
    for (const section of readFileSync(join(folder, file), 'utf8').split(/^(?=#{1,4} )/mu)) {
      const [, heading = '', rest = section] = /^#+ (.*)\n([\s\S]*)$/u.exec(section) ?? [];
      const body = rest.trim().slice(0, 1500);
      if (body.length > 40) documents.push({ title: `${file}: ${heading}`, body });
    }
  }
  return documents.slice(0, limit);
}

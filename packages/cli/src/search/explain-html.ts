import { duration, shorten } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import { excerpt, termsOf } from './excerpt.ts';
import { explanationOf } from './explanation.ts';
import { modelOf } from './render.ts';
import type { SearchReport } from './report.ts';

const styles = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #d8dee4}th{font-weight:600;color:#57606a}
.n{text-align:right;font-variant-numeric:tabular-nums}.best{font-weight:700;background:#dafbe1}.dim,small{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}.best{background:#033a16}th,.dim,small{color:#8b949e}}`;

/** The explanation as one page that needs nothing else: no script, no network. All text of documents is escaped. */
export function explainAsHtml(report: SearchReport): string {
  const { parts, queries, pools, columns, order } = explanationOf(report);
  const terms = termsOf([report.question, ...parts].join(' '));
  const number = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const rows = order.map(({ passage, place, scores, best }, index) => {
    const heading = [...passage.headings, ...(passage.heading === undefined ? [] : [passage.heading])].join(' › ');
    const cells = scores.map(
      (value, at) => `<td class="n${at === best && value !== null ? ' best' : ''}">${number(value)}</td>`,
    );
    return `<tr><td class="n">${index + 1}</td><td class="n">${passage.before}</td>${cells.join('')}<td><b>${escape(place)}</b><br><small>${escape(heading)}</small><br>${escape(shorten(excerpt(passage.text, terms, 300), 300))}</td></tr>`;
  });
  const { retrieve, rerank = 0 } = report.milliseconds;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(report.question)}</title><style>${styles}</style></head>
<body><h1>${escape(report.question)}</h1>
${parts.length === 0 ? '<p class="dim">It asks one thing: no rule takes it apart.</p>' : `<ol>${parts.map((part) => `<li>${escape(part)}</li>`).join('')}</ol>`}
${section(
  'Asked',
  ['new', 'query', 'because'],
  queries.map(
    ({ query, found, because }) =>
      `<tr><td class="n">${found}</td><td>${escape(query)}</td><td class="dim">${escape(because)}</td></tr>`,
  ),
)}
${section(
  'Pools, of the passages shown',
  ['pool', 'of them', 'best (rank)'],
  pools.map(
    ({ pool, passages, best }) =>
      `<tr><td>${escape(pool)}</td><td class="n">${passages}</td><td>${escape(best.join(', '))}</td></tr>`,
  ),
)}
${section('Order', ['#', 'was', ...columns, 'passage'], rows)}
<p class="dim">Scores lie between 0 and 1. “–”: not found for this part, so not read beside it. Each part gets its best evidence before any gets a second. Found in ${duration(retrieve)}, reranked ${report.candidates} passages in ${duration(rerank)} (${escape(modelOf(report.runs))}).</p>
${[...new Set(report.notes.map(({ message }) => message))].map((message) => `<p class="dim">Note: ${escape(message)}</p>`).join('\n')}
</body></html>
`;
}

function section(title: string, head: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `<h2>${title}</h2><table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${rows.join('\n')}</table>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return printable(text).replace(/[&<>"']/g, (sign) => entities[sign]!);
}

import { shorten } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import { ownMark } from '../read/own-page.ts';
import { effortOf } from './effort.ts';
import { excerpt, termsOf } from './excerpt.ts';
import { explanationOf } from './explanation.ts';
import { captions } from './legend.ts';
import type { SearchReport } from './report.ts';
import { whyNothing } from './why-nothing.ts';

const styles = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.8rem 0 .2rem}caption{text-align:left;padding:0 .6rem .3rem}dt{font-weight:600}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem}dd{margin:0}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #d8dee4}th{font-weight:600;color:#57606a}
.n{text-align:right;font-variant-numeric:tabular-nums}.best{font-weight:700;background:#dafbe1}.dim,small,caption{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}.best{background:#033a16}th,caption,.dim,small{color:#8b949e}}`;

/** The explanation as one page that needs nothing else: no script, no network. All text of documents is escaped. */
export function explainAsHtml(report: SearchReport): string {
  const { parts, queries, pools, columns, order, legend } = explanationOf(report);
  const terms = termsOf([report.question, ...parts].join(' '));
  const number = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const rows = order.map(({ passage, place, scores, best }, index) => {
    const heading = [...passage.headings, ...(passage.heading === undefined ? [] : [passage.heading])].join(' › ');
    const cells = scores.map(
      (value, at) => `<td class="n${at === best ? ' best' : ''}">${number(value)}${at === best ? '*' : ''}</td>`,
    );
    return `<tr><td class="n">${index + 1}</td><td class="n">${passage.before}</td>${cells.join('')}<td><b>${escape(place)}</b><br><small>${escape(heading)}</small><br>${escape(shorten(excerpt(passage.text, terms, 300), 300))}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${ownMark}<meta name="viewport" content="width=device-width"><title>${escape(report.question)}</title><style>${styles}</style></head>
<body><h1>${escape(report.question)}</h1>
${parts.length === 0 ? '<p class="dim">No rule takes it apart; it is searched as one.</p>' : `<ol>${parts.map((part) => `<li>${escape(part)}</li>`).join('')}</ol>`}
${section(
  'Asked',
  captions.asked,
  ['new', 'query', 'because'],
  queries.map(
    ({ query, found, because }) =>
      `<tr><td class="n">${found}</td><td>${escape(query)}</td><td class="dim">${escape(because)}</td></tr>`,
  ),
)}
${section(
  'Pools',
  captions.pools,
  ['pool', 'of them', 'best (rank)'],
  pools.map(
    ({ pool, passages, best }) =>
      `<tr><td>${escape(pool)}</td><td class="n">${passages}</td><td>${escape(best.map(({ place, rank }) => `${place} (${rank})`).join(', '))}</td></tr>`,
  ),
)}
${section('Order', captions.order, ['#', 'was', ...columns, 'passage'], rows)}
${order.length === 0 ? `<p>${escape(whyNothing(report))}</p>` : `<h2>Legend</h2><dl>${legend.map(({ term, meaning }) => `<dt>${escape(term)}</dt><dd>${escape(meaning)}</dd>`).join('')}</dl>`}
<p class="dim">${escape(effortOf(report))}</p>
${[...new Set(report.notes.map(({ message }) => message))].map((message) => `<p class="dim">Note: ${escape(message)}</p>`).join('\n')}
</body></html>
`;
}

function section(title: string, caption: string, head: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return '';
  const names = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<h2>${title}</h2><table><caption>${caption}</caption>
<thead><tr>${names}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
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

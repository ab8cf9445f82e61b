import type { ReportTable } from './tune-tables.ts';

/** Text made safe inside HTML and SVG, in element content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** A table. A head of empty cells is left out. */
export function htmlTable({ caption, rows, right }: ReportTable): string {
  const [head = [], ...body] = rows;
  const row = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((text, column) => `<${tag}${right.includes(column) ? ' class="number"' : ''}>${escapeHtml(text)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
  return `<table>
<caption>${escapeHtml(caption)}</caption>
${head.every((text) => text === '') ? '' : `<thead>${row('th scope="col"', head)}</thead>\n`}<tbody>
${body.map((cells) => row('td', cells)).join('\n')}
</tbody>
</table>`;
}

/** A chart with what it shows in words: the words are there for screen readers, text browsers and paper. */
export function htmlFigure(svg: string, caption: string): string {
  return `<figure>\n${svg}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

/**
 * A whole page, self-contained: no script, nothing loaded from anywhere; light or dark as the reader prefers, plain on
 * paper.
 */
export function htmlPage(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #767676; --line: #ddd; --a: #0a58ca; --b: #b3400f; --c: #1a7f37; --d: #7a3db8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181c; --faint: #9a9a9a; --line: #3a3d44; --a: #79b0ff; --b: #ff9e6b; --c: #6fd08c; --d: #c79bff; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; font-size: .9rem; display: block; overflow-x: auto; }
caption { text-align: left; color: var(--faint); padding-bottom: .3rem; } th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); } th { white-space: nowrap; } th.number, td.number { text-align: right; white-space: nowrap; } td:nth-child(n+3) { white-space: nowrap; }
figure { margin: 1rem 0; overflow-x: auto; } figcaption { color: var(--faint); font-size: .9rem; } svg { width: 100%; min-width: 34rem; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .faint { fill: var(--faint); } svg .grid { stroke: var(--line); }
svg .s0 { --s: var(--a); } svg .s1 { --s: var(--b); } svg .s2 { --s: var(--c); } svg .s3 { --s: var(--d); } svg .stroke { stroke: var(--s); fill: none; stroke-width: 2; } svg .fill { fill: var(--s); } svg .muted { fill: var(--faint); fill-opacity: .5; }
pre { border: 1px solid var(--line); padding: .8rem; overflow-x: auto; font-size: .85rem; } .lead { font-size: 1.1rem; }
@media print { :root { --ink: #000; --paper: #fff; --faint: #555; --line: #bbb; --a: #003a8c; --b: #8a2f08; --c: #0f5a25; --d: #55257f; } body { margin: 0; max-width: none; } table { display: table; } svg { min-width: 0; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } figure, tr, pre { break-inside: avoid; } h1, h2, caption, thead { break-after: avoid; } }
</style>
</head>
<body>
${parts.join('\n')}
</body>
</html>
`;
}

const escape = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);
const milliseconds = (ms) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));

/** The result as a table for a terminal. */
export function asTable({ workloads, machine, absent }) {
  const lines = [machine, ''];
  for (const { name, systems, peakShare } of workloads) {
    const width = Math.max(...systems.map((system) => system.name.length));
    lines.push(name);
    for (const { name: system, precision, medianMs, spread, ratio } of systems) {
      const figures = `${milliseconds(medianMs).padStart(7)} ms  (${milliseconds(spread[0])}-${milliseconds(spread[1])})`;
      lines.push(`  ${system.padEnd(width)}  ${precision.padEnd(4)}  ${figures.padEnd(28)} ${ratio.toFixed(2)} x ours`);
    }
    for (const [precision, share] of Object.entries(peakShare)) {
      lines.push(
        `  ours in ${precision} does ${(100 * share).toFixed(0)} % of the machine's peak, counted in operations of the uncut graph`,
      );
    }
    lines.push('');
  }
  for (const { name, reason } of absent) lines.push(`Not run: ${name}: ${reason}`);
  return lines.join('\n');
}

/** The result as bars, one group for each workload, readable on white and on dark. */
export function asSvg({ workloads, machine }) {
  const row = 20;
  const left = 300;
  const span = 420;
  const rows = workloads.reduce((sum, { systems }) => sum + systems.length + 2, 0);
  const height = rows * row + 40;
  let y = 30;
  const parts = [`<text x="10" y="18" class="small">${escape(machine)}</text>`];
  for (const { name, systems } of workloads) {
    const longest = Math.max(...systems.map(({ medianMs }) => medianMs));
    y += row;
    parts.push(`<text x="10" y="${y}" class="head">${escape(name)}</text>`);
    for (const { name: system, precision, medianMs, spread } of systems) {
      y += row;
      const width = (ms) => (span * Math.min(ms, longest)) / longest;
      parts.push(
        `<text x="${left - 8}" y="${y}" text-anchor="end">${escape(system)} (${precision})</text>`,
        `<rect x="${left}" y="${y - 12}" width="${width(medianMs).toFixed(1)}" height="14" class="${system.startsWith('secondpass') ? 'ours' : 'other'}"/>`,
        `<line x1="${(left + width(spread[0])).toFixed(1)}" x2="${(left + width(spread[1])).toFixed(1)}" y1="${y - 5}" y2="${y - 5}" class="spread"/>`,
        `<text x="${(left + width(medianMs) + 6).toFixed(1)}" y="${y}">${milliseconds(medianMs)} ms</text>`,
      );
    }
    y += row;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="820" height="${height}" viewBox="0 0 820 ${height}" role="img" aria-label="Milliseconds per workload and system">
<style>text{font:13px sans-serif;fill:#333}.small{font-size:11px}.head{font-weight:bold}.ours{fill:#0a7d55}.other{fill:#8a94a6}.spread{stroke:#c2410c;stroke-width:2}rect.paper{fill:#fff}</style>
<rect class="paper" width="100%" height="100%"/>
${parts.join('\n')}
</svg>
`;
}

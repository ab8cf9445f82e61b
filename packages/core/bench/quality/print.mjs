// A line for each system of a collection, and the means over collections.

export function print(reports) {
  for (const { collection, queries, depth, systems } of reports) {
    const sampled = queries.used < queries.judged ? `, a sample of ${queries.judged}` : '';
    console.log(`\n${collection} (${queries.used} queries${sampled}; depth ${depth})`);
    for (const system of systems) console.log(asLine(system));
  }
  if (reports.length < 2) return;
  console.log(`\nMean nDCG@10 over ${reports.length} collections`);
  for (const [index, { name }] of reports[0].systems.entries()) {
    const of = ({ systems }, at) => systems[at].measures['nDCG@10'];
    const mean = reports.reduce((sum, report) => sum + of(report, index), 0) / reports.length;
    const better = reports.filter((report) => of(report, index) > of(report, 0)).length;
    const above = index > 0 ? `  above the first stage on ${better} of ${reports.length}` : '';
    console.log(`  ${name.padEnd(52)} ${mean.toFixed(3)}${above}`);
  }
}

function asLine({ name, measures, intervals, differenceToFirstStage: gain, msPerQuery }) {
  const [low, high] = intervals['nDCG@10'];
  const [[main, value], ...others] = Object.entries(measures);
  const rest = others.map(([other, mean]) => `${other} ${mean.toFixed(3)}`).join('  ');
  const difference = gain
    ? `${signed(gain['nDCG@10'])} [${signed(gain.interval[0])}, ${signed(gain.interval[1])}]`
    : ''.padEnd(24);
  const figure = `${main} ${value.toFixed(3)} [${low?.toFixed(3)}, ${high?.toFixed(3)}]`;
  return `  ${name.padEnd(52)} ${figure}  ${difference}  ${rest}  ${msPerQuery.toFixed(0)} ms`;
}

function signed(value) {
  return value === undefined ? '' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

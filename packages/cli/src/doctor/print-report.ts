import { duration, table } from '../print/layout.ts';
import { printable } from '../print/printable.ts';
import type { Style } from '../print/style.ts';
import type { Probe } from './probe.ts';
import type { DoctorReport } from './report.ts';

/** The report as a page for a person: what is here, what works, what to do about the rest. */
export function printReport(report: DoctorReport, style: Style): string {
  const { machine, runtime, model, hub, devices } = report;
  const facts = [
    ['secondpass', report.version],
    [
      'Machine',
      `${machine.platform}/${machine.arch}, ${machine.cores} core(s), ${(machine.memoryBytes / 1e9).toFixed(0)} GB`,
    ],
    ['Node', machine.node],
    ['onnxruntime-node', runtime.version ? printable(`${runtime.version} in ${runtime.folder}`) : style.red('missing')],
    ['Model', model.found ? printable(model.name) : `${printable(model.name)} ${style.red('(cannot be used)')}`],
    ...('problem' in hub
      ? [['Hub', style.red('settings that cannot be used')]]
      : [
          ['Hub models', `${printable(hub.cacheFolder)}${hub.offline ? ' (offline mode: nothing is downloaded)' : ''}`],
          ['Hub', `${printable(hub.endpoint)}, ${hub.token ? 'with an access token' : 'without an access token'}`],
        ]),
  ];
  const out = [
    table(
      facts.map(([name, value]) => [style.dim(name!), value!]),
      { indent: '  ' },
    ),
  ];
  for (const problem of [runtime.problem, model.problem, 'problem' in hub ? hub.problem : undefined])
    if (problem) out.push(`${style.red('Problem')} ${printable(problem)}`);
  if (devices.some(({ logit, timedOut }) => logit !== undefined || timedOut))
    out.push(`${style.bold('Devices')}, each asked to score one pair:\n${deviceTable(devices, style)}`);
  out.push(...report.advice.map((line) => `${style.cyan('→')} ${printable(line)}`));
  return `${out.join('\n\n')}\n`;
}

function deviceTable(devices: readonly Probe[], style: Style): string {
  const cpu = devices.find(({ device }) => device === 'cpu')?.logit;
  const rows = devices.map(({ device, logit, milliseconds, loadMilliseconds, reason }) => {
    if (logit === undefined) return [device, style.dim('no'), printable(reason ?? 'unknown')];
    const apart =
      cpu === undefined || device === 'cpu' ? '' : `, ${Math.abs(logit - cpu).toExponential(1)} from the CPU’s`;
    const times = `${duration(milliseconds ?? 0)} a pair, loaded in ${duration(loadMilliseconds ?? 0)}`;
    return [device, style.green('yes'), `logit ${logit.toFixed(4)}${apart}; ${times}`];
  });
  return table(rows, { indent: '  ' });
}

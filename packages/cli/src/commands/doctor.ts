import { type Device, type DeviceChoice } from '@secondpass/core/models';
import { printReport } from '../doctor/print-report.ts';
import { probeHere } from '../doctor/probe.ts';
import { examine } from '../doctor/report.ts';
import { write } from '../io.ts';
import { jsonLine } from '../print/printable.ts';
import { styleFor } from '../print/style.ts';
import { readArguments, UsageError } from '../usage.ts';
import type { Command } from './command.ts';

const help = `secondpass doctor: what is installed, what runs here, and how to get the rest.

Usage:
  secondpass doctor [--model PATH] [--json]

Looks at this machine and at the ONNX runtime, then has every device that the
runtime knows score one pair, each in a process of its own, and compares the
scores. Nothing is installed, downloaded or changed.
  --model, -m PATH   A model folder, a package that carries a model, or a hub
                     model that was downloaded before (default: the embedded
                     English model)
  --json             One JSON object on the standard output, and nothing else
                     there

Exit code: 0 when the report is complete, whatever it says.

Examples:
  secondpass doctor
  secondpass doctor --json | jq '.devices[] | select(.logit)'`;

const known: readonly DeviceChoice[] = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'directml'];

export const doctor: Command = {
  name: 'doctor',
  summary: 'What is installed, what would run here, and what is missing',
  help,
  options: { model: { value: 'PATH', short: 'm' }, probe: { value: 'DEVICE' }, json: {} },
  async run(argv, io, signal) {
    const given = readArguments(argv, doctor.options);
    if (given.positionals.length > 0) throw new UsageError(`doctor takes no argument "${given.positionals[0]}".`);
    const model = given.text('model');
    const probe = given.text('probe');
    if (probe !== undefined) {
      // How the doctor calls itself: one device, one line of JSON.
      if (!known.includes(probe as DeviceChoice))
        throw new UsageError(`--probe is "${probe}"; it must be one of ${known.join(', ')}.`);
      await write(io.stdout, `\n${JSON.stringify(await probeHere(probe as Device, model))}\n`);
      return 0;
    }
    const json = given.has('json');
    const report = await examine(model, signal, (device) => {
      if (!json && io.stderr.isTTY) io.stderr.write(`Trying ${device} …\n`);
    });
    await write(io.stdout, json ? jsonLine(report) : printReport(report, styleFor(io.stdout, io.env)));
    return 0;
  },
};

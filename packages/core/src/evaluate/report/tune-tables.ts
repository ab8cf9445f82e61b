import type { Interval } from '../statistics/bootstrap.ts';
import type { HalfResult } from '../tune/half-result.ts';
import type { SettingResult, TuneReport } from '../tune/tune-report.ts';

/** A table of plain text; the first row is its head. Laid out as text by the command, as HTML by the report page. */
export interface ReportTable {
  readonly caption: string;
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, which are set to the right. */
  readonly right: readonly number[];
}

/** With judgments: the candidate on the half it was chosen on, and on the half it has never seen. */
export function halvesTable({ measure, recommendation }: TuneReport): ReportTable {
  const { candidate, choosing, heldOut } = recommendation!;
  const row = (name: string, half: HalfResult): string[] => [
    name,
    String(half.queries),
    half.quality.toFixed(4),
    half.firstStage.toFixed(4),
    signed(half.gain),
    between(half.interval, signed),
    milliseconds(half.latency.p50),
    milliseconds(half.latency.p95),
  ];
  return {
    caption: `${candidate.name} was chosen on one half of the queries; the other half took no part in the choice`,
    rows: [
      ['half', 'queries', measure, 'first stage', 'gain', '95 % interval', 'p50', 'p95'],
      row('chosen on', choosing),
      row('held out', heldOut),
    ],
    right: [1, 2, 3, 4, 6, 7],
  };
}

/** With judgments: the settings that no other beats at once in quality and speed, the fastest first. */
export function frontTable({ settings, measure }: TuneReport): ReportTable {
  const front = settings.filter(({ onFront }) => onFront).sort((a, b) => a.latency.p95 - b.latency.p95);
  return {
    caption: `The front of ${settings.length} settings: none is at once better and faster`,
    rows: [['setting', measure, '95 % interval', 'p50', 'p95'], ...front.map(settingRow)],
    right: [1, 3, 4],
  };
}

/** Every setting, the best first. */
export function settingsTable({ settings, measure }: TuneReport): ReportTable {
  const rows = [...settings].sort((a, b) => b.quality - a.quality);
  return {
    caption: 'All settings, best first',
    rows: [
      ['setting', measure, '95 % interval', 'p50', 'p95', 'on the front'],
      ...rows.map((one) => [...settingRow(one), one.onFront ? 'yes' : '']),
    ],
    right: [1, 3, 4],
  };
}

/** The ten queries that gained and the ten that lost most. */
export function movedTable({ gains, measure }: TuneReport): ReportTable {
  const sorted = [...gains].sort((a, b) => b.gain - a.gain);
  const gained = sorted.filter(({ gain }) => gain > unmoved).slice(0, 10);
  const lost = sorted.filter(({ gain }) => gain < -unmoved).slice(-10);
  lost.reverse();
  const cells = (row: TuneReport['gains'][number] | undefined): string[] =>
    row ? [row.query, signed(row.gain)] : ['', ''];
  return {
    caption: `Queries whose ${measure} moved most`,
    rows: [
      ['gained', '', 'lost', ''],
      ...Array.from({ length: Math.max(gained.length, lost.length) }, (_, at) => [
        ...cells(gained[at]),
        ...cells(lost[at]),
      ]),
    ],
    right: [1, 3],
  };
}

/** Smaller gains come from the order of additions. */
export const unmoved: number = 1e-9;

/** Without judgments: how much of the final top each depth already gives. */
export function agreementTable({ agreement }: TuneReport): ReportTable {
  const { top } = agreement[0]!;
  const rows = agreement.map(({ system, depth, overlap, rbo, latency }) => [
    system,
    String(depth),
    `${(overlap * 100).toFixed(1)} %`,
    rbo.toFixed(3),
    milliseconds(latency.p50),
    milliseconds(latency.p95),
  ]);
  return {
    caption: `How much of the final top ${top} each depth already gives`,
    rows: [['system', 'depth', `same top ${top}`, `RBO@${top}`, 'p50', 'p95'], ...rows],
    right: [1, 2, 3, 4, 5],
  };
}

function settingRow({ name, quality, interval, latency }: SettingResult): string[] {
  return [
    name,
    quality.toFixed(4),
    between(interval, (value) => value.toFixed(3)),
    milliseconds(latency.p50),
    milliseconds(latency.p95),
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}

/** A difference, with its sign. */
export function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function between(interval: Interval | undefined, print: (value: number) => string): string {
  return interval ? `[${print(interval.low)}, ${print(interval.high)}]` : '';
}

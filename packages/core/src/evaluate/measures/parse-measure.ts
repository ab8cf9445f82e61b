import { SecondpassError } from '../../errors.ts';
import { Bpref } from './bpref.ts';
import { ERR } from './err.ts';
import { FullSupport } from './full-support.ts';
import { Judged } from './judged.ts';
import { KendallTau } from './kendall-tau.ts';
import { MAP } from './map.ts';
import type { Agreement, Measure } from './measure.ts';
import { MRR } from './mrr.ts';
import { nDCG } from './ndcg.ts';
import { Precision } from './precision.ts';
import { RBO } from './rbo.ts';
import { RBP } from './rbp.ts';
import { Recall } from './recall.ts';
import { Rprec } from './rprec.ts';
import { Success } from './success.ts';

/** How a family is written: its other names, the parameters it takes in brackets, whether it takes a cutoff. */
interface Family<T> {
  readonly make: (options: never) => T;
  readonly aliases?: readonly string[];
  readonly parameters?: readonly string[];
  readonly cutoff?: false;
}

const judged: Readonly<Record<string, Family<Measure>>> = {
  nDCG: { make: nDCG, parameters: ['gains'] },
  MRR: { make: MRR, aliases: ['RR'], parameters: ['rel'] },
  MAP: { make: MAP, aliases: ['AP'], parameters: ['rel'] },
  Recall: { make: Recall, aliases: ['R'], parameters: ['rel'] },
  Precision: { make: Precision, aliases: ['P'], parameters: ['rel'] },
  Success: { make: Success, parameters: ['rel'] },
  Rprec: { make: Rprec, parameters: ['rel'], cutoff: false },
  Bpref: { make: Bpref, parameters: ['rel'], cutoff: false },
  Judged: { make: Judged },
  ERR: { make: ERR, parameters: ['max'] },
  RBP: { make: RBP, parameters: ['p', 'rel'] },
  FullSupport: { make: FullSupport, parameters: ['rel'] },
};
const agreements: Readonly<Record<string, Family<Agreement>>> = {
  RBO: { make: RBO, parameters: ['p'] },
  KendallTau: { make: KendallTau },
};

/**
 * A measure from its printed name: `parseMeasure('nDCG@10')`, `parseMeasure('MRR(rel=2)@10')`. Upper and lower case do
 * not matter, and RR, AP, R and P are read as in ir-measures; the value prints under the one standard name.
 * @throws SecondpassError `invalid-argument` for a name, a parameter or a value that does not exist
 */
export function parseMeasure(text: string): Measure {
  return parse(text, judged, agreements, {
    one: 'compares two runs and needs no judgments; read it with parseAgreement',
    many: 'compare two runs',
  });
}

/** A measure of agreement between two rankings from its printed name: `RBO(p=0.9)@20`, `KendallTau@10`. */
export function parseAgreement(text: string): Agreement {
  return parse(text, agreements, judged, {
    one: 'measures against judgments; read it with parseMeasure',
    many: 'measure against judgments',
  });
}

/** True if a name belongs to a measure of agreement between two runs, not to one against judgments. */
export function isAgreement(text: string): boolean {
  return find(agreements, split(text)[0]) !== undefined;
}

function parse<T>(
  text: string,
  families: Readonly<Record<string, Family<T>>>,
  others: Readonly<Record<string, Family<unknown>>>,
  instead: { readonly one: string; readonly many: string },
): T {
  const [name, inner, cutoff] = split(text);
  const family = find(families, name);
  if (!family) {
    if (find(others, name)) throw wrong(text, `it ${instead.one}`);
    throw wrong(text, `the known ones are ${listed(families)}; ${listed(others)} ${instead.many}`);
  }
  const options: Record<string, number | string> = {};
  for (const part of inner === undefined ? [] : inner.split(',')) {
    const [key = '', value = '', ...more] = part.split('=').map((side) => side.trim());
    const takes = family.parameters ?? [];
    if (!takes.includes(key) || value === '' || more.length > 0) {
      throw wrong(
        text,
        takes.length > 0
          ? `in brackets it takes ${takes.map((one) => `${one}=…`).join(', ')}`
          : 'it takes no parameters',
      );
    }
    options[key] = key === 'gains' ? value : Number(value);
  }
  if (cutoff !== undefined) {
    if (family.cutoff === false) throw wrong(text, 'it takes no cutoff');
    options['at'] = Number(cutoff);
  }
  return family.make(options as never);
}

/** Names, the last two joined by "and". */
function listed(families: Readonly<Record<string, unknown>>): string {
  return Object.keys(families)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
}

function split(text: string): [name: string, inner: string | undefined, cutoff: string | undefined] {
  const match = /^\s*([A-Za-z]+)\s*(?:\(([^()]*)\))?\s*(?:@\s*(\d+))?\s*$/.exec(text);
  if (!match) throw wrong(text, 'a measure is written Name, Name@10 or Name(parameter=value)@10');
  return [match[1]!, match[2], match[3]];
}

function find<T>(families: Readonly<Record<string, Family<T>>>, name: string): Family<T> | undefined {
  const folded = name.toLowerCase();
  return Object.entries(families).find(([standard, { aliases = [] }]) =>
    [standard, ...aliases].some((one) => one.toLowerCase() === folded),
  )?.[1];
}

function wrong(text: string, way: string): SecondpassError {
  return new SecondpassError('invalid-argument', `"${text}" is no measure: ${way}.`);
}

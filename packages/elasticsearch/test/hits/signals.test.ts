import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { decay, milliseconds } from '../../src/hits/decay.ts';
import { signalReader, type SignalSource } from '../../src/hits/signals.ts';

const hit = {
  _source: { clicks: 9, tags: ['3', 'x', 7], day: '2024-01-31', flag: true, text: 'many' },
  fields: { views: [4] },
};

describe('signals of a hit', () => {
  it.each([
    ['a path', 'clicks', 9],
    ['a path of fields', 'views', 4],
    ['the largest of several', 'tags', 7],
    ['a truth value', 'flag', 1],
    ['a logarithm', { number: 'clicks', modifier: 'log1p' }, Math.log(10)],
    ['a root', { number: 'clicks', modifier: 'sqrt' }, 3],
    ['a reciprocal', { number: 'clicks', modifier: 'reciprocal' }, 1 / 9],
    ['a date', { date: 'day', scale: '30d', origin: '2024-01-01' }, 0.5],
    ['a date within its offset', { date: 'day', scale: '10d', offset: '30d', origin: '2024-01-01' }, 1],
    ['a function', () => 5, 5],
  ] as [string, SignalSource, number][])('are read from %s', (_, source, value) => {
    expect(signalReader({ it: source })(hit)!['it']).toBeCloseTo(value, 12);
  });

  it('are absent, not 0, where they are not known', () => {
    const read = signalReader({
      a: 'absent',
      b: 'text',
      c: { date: 'text', scale: 5 },
      d: () => Number.NaN,
      clicks: 'clicks',
    });
    expect(read(hit)).toEqual({ clicks: 9 });
    expect(signalReader({ a: 'absent' })(hit)).toBeUndefined();
    expect(signalReader(undefined)(hit)).toBeUndefined();
  });

  it('are refused where they say nothing', () => {
    for (const source of [
      7,
      null,
      {},
      { number: 'a', modifier: 'cube' },
      { date: 'a', scale: 'soon' },
      { date: 'a', scale: 0 },
      { date: 'a', scale: 1, decay: 1 },
      { date: 'a', scale: 1, shape: 'x' },
      { date: 'a', scale: 1, origin: 'x' },
      { number: 'a', modifer: 'sqrt' },
    ] as never[]) {
      expect(() => signalReader({ it: source }), JSON.stringify(source)).toThrow(/it/u);
    }
  });
});

describe('dates', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  /** How long before the origin a date is read to be, in milliseconds, by a decay that is the distance itself. */
  const distance = (written: string, origin: Date): number => {
    const read = signalReader({ age: { date: 'day', scale: 1e9, shape: 'linear', origin } });
    return Math.round((1 - read({ _source: { day: written } })!['age']!) * 2e9);
  };

  it('without an offset are UTC, as Elasticsearch reads them, wherever the process runs', () => {
    process.env['TZ'] = 'Asia/Kolkata';
    expect(new Date(0).getTimezoneOffset()).toBe(-330);
    for (const place of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/London']) {
      process.env['TZ'] = place;
      fc.assert(
        fc.property(fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true }), (date) => {
          const iso = date.toISOString();
          const written = iso.slice(0, -1);
          for (const same of [
            iso,
            written,
            written.replace('T', ' '),
            written.replace('T', ' ').replaceAll('-', '/'),
          ]) {
            expect(distance(same, date)).toBe(0);
          }
          expect(distance(`${written}+01:00`, date)).toBe(3_600_000);
          expect(distance(`${written}-0500`, date)).toBe(5 * 3_600_000);
          const midnight = new Date(iso.slice(0, 10));
          for (const day of [iso.slice(0, 10), iso.slice(0, 10).replaceAll('-', '/')]) {
            expect(distance(day, midnight)).toBe(0);
          }
        }),
        { numRuns: 30 },
      );
    }
  });

  it('of an origin without an offset are UTC too', () => {
    process.env['TZ'] = 'America/New_York';
    const read = signalReader({ age: { date: 'day', scale: '1h', origin: '2024-01-01T00:00:00' } });
    expect(read({ _source: { day: '2024-01-01T00:00:00Z' } })).toEqual({ age: 1 });
  });
});

describe('decay', () => {
  it("is Elasticsearch's: 1 at the origin, the decay at the scale, falling", () => {
    for (const shape of ['exp', 'gauss', 'linear'] as const) {
      const by = decay(shape, { scale: 10, offset: 2, decay: 0.3, where: 's' });
      expect([by(0), by(2)]).toEqual([1, 1]);
      expect(by(12)).toBeCloseTo(0.3, 12);
      const values = Array.from({ length: 50 }, (_, distance) => by(distance));
      expect(values).toEqual(values.toSorted((a, b) => b - a));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    }
    // The formulas of the guide, for one distance each.
    const of = { scale: 10, offset: 0, decay: 0.5, where: 's' };
    expect(decay('exp', of)(5)).toBeCloseTo(Math.exp((Math.log(0.5) / 10) * 5), 12);
    expect(decay('gauss', of)(5)).toBeCloseTo(Math.exp(-(5 ** 2) / (((2 * 10 ** 2) / (-2 * Math.log(0.5))) * 1)), 12);
    expect(decay('linear', of)(5)).toBeCloseTo((20 - 5) / 20, 12);
  });

  it('takes durations as people write them', () => {
    expect(
      ['90', '1.5h', '30d', '2w', '5ms', 7].map((given) => (given === '90' ? 'x' : milliseconds(given, 's'))),
    ).toEqual(['x', 5_400_000, 2_592_000_000, 1_209_600_000, 5, 7]);
    for (const wrong of ['90', '1 h', '-5d', 'd', '5y']) expect(() => milliseconds(wrong, 'here')).toThrow(/here is/u);
  });
});
